import { type ArchivePath, parentOf, toAddress } from "~/domain/archive-path";

/** The page of one file: every version of it in a repository. */
export function fileAddress(given: { repositoryId: string; path: ArchivePath }) {
  const query = new URLSearchParams({ repository: given.repositoryId, path: toAddress(given.path) });
  return `/archives/file?${query.toString()}` as const;
}

/** An archive's page with a folder open; `show`: with this entry of it told first. */
export function folderAddress(given: { archiveId: string; path: ArchivePath }) {
  return `/archives/${given.archiveId}${given.path === "" ? "" : `?at=${toAddress(given.path)}`}` as const;
}

/** An archive's page with the folder open that holds `path`, and `path` told first. */
export function shownAddress(given: { archiveId: string; path: ArchivePath }) {
  const query = new URLSearchParams({ show: toAddress(given.path) });
  const folder = parentOf(given.path);
  if (folder !== "") query.set("at", toAddress(folder));
  return `/archives/${given.archiveId}?${query.toString()}` as const;
}

/** What is biggest in an archive. */
export function biggestAddress(given: { archiveId: string }) {
  return `/archives/${given.archiveId}/biggest` as const;
}

/** What differs between an archive and another, the one before it when none is told. */
export function compareAddress(given: { archiveId: string; withId?: string }) {
  return `/archives/${given.archiveId}/compare${given.withId ? `?with=${given.withId}` : ""}` as const;
}
