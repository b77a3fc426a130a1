import { entriesFor, whyNoEntry } from "~/domain/archived-database";
import type { Authorized } from "~/domain/permission";
import type { Ctx } from "../context";
import { archiveAndClient } from "./archive-and-client";
import { type ArchivedDatabase, readArchiveDatabases } from "./read-archive-databases";

/** A database of an archive, and the entries of the machine's policy that may take it back. */
export interface DatabaseOption extends Omit<ArchivedDatabase, "readThrough"> {
  /** Empty: none may; `whyNot` then names the line of the policy. */
  entries: string[];
}

/** The databases that an archive holds and where each may go, as its machine last reported. Refuses archive-missing. */
export async function databaseOptions(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string },
): Promise<DatabaseOption[]> {
  const { archive, client } = await archiveAndClient(ctx, may, input);
  const listed = client.policy?.databases ?? [];
  const databases = await readArchiveDatabases(ctx, archive.jobId);
  return databases.map(({ readThrough, ...database }) => {
    const { engine, whyNot } = database;
    if (whyNot !== null || engine === null) return { ...database, entries: [] };
    const entries = entriesFor(engine, listed, readThrough);
    return {
      ...database,
      entries,
      whyNot: entries.length > 0 ? null : whyNoEntry(client.name, engine, listed),
    };
  });
}
