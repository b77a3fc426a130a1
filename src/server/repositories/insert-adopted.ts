import type { FoundRepository } from "~/domain/repository-import";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { repositories } from "../db/schema/repositories";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { sealSecret } from "../secrets/seal-secret";
import { deleteImport, openImport, type StoredImport } from "./import-row";
import { keyPlace, passphrasePlace } from "./passphrase";

/**
 * Makes the row of a repository that the keeper has taken in, and forgets the import: its secrets move to the places where they stay. A
 * name that was given away meanwhile gets the beginning of the id behind it.
 */
export async function insertAdopted(
  ctx: Ctx,
  row: StoredImport,
  made: { found: FoundRepository; location: string; quotaBytes: number | null },
): Promise<void> {
  const { found, location, quotaBytes } = made;
  const { passphrase, key } = openImport(row);
  const values = {
    ...{ id: row.id, clientId: row.clientId, storageNodeId: MAIN_NODE, state: "ready" as const },
    ...{ borgId: found.borgId, encryption: found.encryption, location, quotaBytes },
    passphraseSealed: sealSecret(passphrase, passphrasePlace(row.id)),
    keySealed: key === null ? null : sealSecret(key, keyPlace(row.id)),
    createdAt: ctx.now,
  };
  const insert = (name: string) =>
    ctx.db.transaction((tx) => tx.insert(repositories).values({ ...values, name }));
  const name = await insert(row.name).then(
    () => row.name,
    async (error) => {
      if (!violates(error, "repositories_living_name")) throw error;
      const other = `${row.name} ${row.id.slice(0, 4)}`;
      await insert(other);
      return other;
    },
  );
  await deleteImport(ctx, row);
  await announce(ctx.db, { entity: "repository", id: row.id, clientId: row.clientId });
  await appendEntry(ctx, {
    action: "repository.adopted",
    say: `Took in the repository ${name} from the folder ${row.folder}: ${found.archiveCount} archives.`,
    ...{ clientId: row.clientId, repositoryId: row.id },
    detail: {
      before: null,
      after: { name, location, encryption: found.encryption, borgId: found.borgId, quotaBytes },
    },
  });
}
