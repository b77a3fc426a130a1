import "server-only";
import { getQueryClient, trpc } from "~/trpc/server";
import { orNotFound } from "../../or-not-found";

export interface ArchiveProps {
  params: Promise<{ id: string }>;
}

/** The archive that the address names, for every page below it; not found when there is none, or none that one may see. */
export async function loadArchive(params: ArchiveProps["params"]) {
  const { id } = await params;
  return orNotFound(getQueryClient().fetchQuery(trpc.archives.get.queryOptions({ id })));
}
