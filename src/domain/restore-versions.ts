import { type ArchivePath, fromAddress, toAddress } from "./archive-path";
import { isIdText } from "./id-text";
import type { Selection } from "./restore-selection";

/** A file or folder as one archive holds it, chosen beside what is ticked in the archive that the wizard stands in. */
export interface ChosenVersion {
  archiveId: string;
  path: ArchivePath;
}

/** What a restore takes of one archive. No paths: everything. */
export interface ChosenPart {
  archiveId: string;
  paths: string[];
}

/** With one more version. At one place only one version can lie, so another one of the same path goes. */
export function withVersion(
  versions: readonly ChosenVersion[],
  chosen: ChosenVersion,
): readonly ChosenVersion[] {
  return [...versions.filter(({ path }) => path !== chosen.path), chosen];
}

export function withoutVersion(
  versions: readonly ChosenVersion[],
  chosen: ChosenVersion,
): readonly ChosenVersion[] {
  return versions.filter(({ archiveId, path }) => archiveId !== chosen.archiveId || path !== chosen.path);
}

/**
 * The parts of a restore in the order in which they are written: what is ticked in the archive itself first, so that a single file's chosen
 * version takes the place of the one that came with its folder; then the other archives as they were first chosen.
 */
export function partsOf(
  archiveId: string,
  selection: Selection,
  versions: readonly ChosenVersion[],
): ChosenPart[] {
  const parts = new Map<string, string[]>(selection.length > 0 ? [[archiveId, [...selection]]] : []);
  for (const version of versions) {
    parts.set(version.archiveId, [...(parts.get(version.archiveId) ?? []), version.path]);
  }
  return [...parts].map(([id, paths]) => ({ archiveId: id, paths }));
}

/** `archive.path.path~archive.path`: for an address. */
export function versionsToAddress(versions: readonly ChosenVersion[]): string {
  return partsOf("", [], versions)
    .map(({ archiveId, paths }) => [archiveId, ...paths.map(toAddress)].join("."))
    .join("~");
}

/** Reads what `versionsToAddress` wrote; what is not understood is left out: an address is typed by anyone. */
export function versionsFromAddress(text: string): readonly ChosenVersion[] {
  return text.split("~").flatMap((part) => {
    const [archiveId = "", ...paths] = part.split(".");
    if (!isIdText(archiveId)) return [];
    return paths.flatMap((address) => {
      const path = fromAddress(address);
      return path === null || path === "" ? [] : [{ archiveId, path }];
    });
  });
}
