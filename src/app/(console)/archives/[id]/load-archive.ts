import "server-only";
import { fromAddress } from "~/domain/archive-path";
import { getQueryClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

export interface ArchiveProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The archive that the address names, for every page below it; not found when there is none, or none that one may see. */
export async function loadArchive(params: ArchiveProps["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.archives.get.queryOptions({ id })));
}

/** The folder that the address names; `""` is the top. */
export function folderOfAddress(at: string | string[] | undefined): string {
  return (typeof at === "string" ? fromAddress(at) : null) ?? "";
}

/** Whether the catalog holds the archive, so that a page may wait for what it shows: borg would take seconds. */
export async function isInCatalog(id: string): Promise<boolean> {
  return (await getQueryClient().fetchQuery(trpc.archives.measure.queryOptions({ id, paths: [] }))) !== null;
}
