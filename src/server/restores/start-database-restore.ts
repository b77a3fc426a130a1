import { entriesFor, type PolicyEntry, whyNoEntry } from "~/domain/archived-database";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { DATABASE_COPY_ABILITY, DATABASE_RESTORE_ABILITY } from "~/protocol/backup-extras";
import type { Ctx } from "../context";
import { queueRestore } from "./queue-restore";
import { type ArchivedDatabase, readArchiveDatabases } from "./read-archive-databases";
import { type RestorableArchive, restorableArchive } from "./restorable-archive";

/**
 * Queues that one dump of an archive goes back into a database of the machine that made it: a new one, or with `replace` one that is there and
 * is replaced once it was dumped into the machine's restore folder. The machine's own policy decides; what it last reported gives an early no.
 * Refuses archive-missing, client-not-enrolled, repository-quarantined, target-forbidden, agent-too-old, and invalid-input for a dump that
 * the backup did not report as whole.
 */
export async function startDatabaseRestore(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string; entry: string; dump: string; into: string; replace: boolean },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const found = await restorableArchive(inTx, may, input);
    const { archive, client } = found;
    const { entry, dump, into, replace } = input;
    const databases = await readArchiveDatabases(inTx, archive.jobId);
    const dumped = databases.find(({ path, whyNot }) => path === dump && whyNot === null);
    if (!dumped) {
      throw new Refusal("invalid-input", {
        say: `${archive.name} has no whole dump ${dump}. Choose one that its backup lists.`,
      });
    }
    refuseForbidden(found, dumped, entry);
    refuseOldAgent(found, input);
    return queueRestore(
      inTx,
      found,
      {
        paths: [],
        target: { kind: "restore-folder" },
        database: { entry, dump, into, replace, bytes: dumped.bytes },
      },
      {
        say: `Asked to bring ${dump} of the archive ${archive.name} back as the database ${into} on ${client.name}${replace ? ", in place of what is there" : ""}.`,
        detail: { database: { entry, dump, into, replace } },
      },
    );
  });
}

function refuseForbidden(
  { client, policy }: RestorableArchive,
  dumped: ArchivedDatabase,
  entry: string,
): void {
  const { engine } = dumped;
  const entries: readonly PolicyEntry[] = policy.databases ?? [];
  if (engine !== null && entriesFor(engine, entries, null).includes(entry)) return;
  const named = entries.filter(({ name }) => name === entry);
  throw new Refusal("target-forbidden", {
    say:
      engine === null
        ? `It is not known what ${dumped.database} is.`
        : whyNoEntry(client.name, engine, named),
  });
}

function refuseOldAgent({ client }: RestorableArchive, input: { dump: string; replace: boolean }): void {
  const isPlain = input.replace && !input.dump.endsWith(".archive");
  const needed = isPlain ? DATABASE_RESTORE_ABILITY : DATABASE_COPY_ABILITY;
  if (client.machine?.abilities?.includes(needed)) return;
  throw new Refusal("agent-too-old", {
    say: `The agent on ${client.name} cannot do this. Install the agent of this server on it anew.`,
  });
}
