import type { JobPayloadOf } from "~/domain/job-payload";
import type { KeeperOutput } from "~/keeper/contract";
import type { Ctx } from "../context";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";

/** Most entries of one folder that are shown; a person scrolls no further, and a row in the database holds them. */
const MOST_ENTRIES = 5000;

/** Has the keeper read one folder of an archive. */
export async function listFolder(
  ctx: Ctx,
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; payload: JobPayloadOf<"list-folder"> },
): Promise<KeeperOutput<"list-folder">> {
  const { clientId, repositoryId, payload } = input;
  return keeper.call("list-folder", {
    clientId,
    repositoryId,
    passphrase: await openPassphrase(ctx, repositoryId),
    archiveName: payload.archiveName,
    path: payload.path,
    limit: MOST_ENTRIES,
  });
}
