import { finish, takeIn } from "../imports/adopt";
import { prepareCandidate } from "../imports/prepared-candidate";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readLedger, standing } from "../vault/archive-ledger";
import { SMALLEST_QUOTA_BYTES } from "./create-repository";
import { readArchives } from "./list-archives";

export const adoptImport: Verb<"adopt-import"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, quotaBytes, fingerprint } = input;
  if (quotaBytes !== null && quotaBytes < SMALLEST_QUOTA_BYTES)
    throw new KeeperRefuses("bad-request", "A quota must be at least 10 MB.");
  if (await isTaken(keeper, input, signal)) return answer(keeper, clientId, repositoryId);
  const { source, location, key, release } = await prepareCandidate(keeper, input);
  try {
    if (source.fingerprint !== fingerprint)
      throw new KeeperRefuses(
        "not-allowed",
        "The folder changed since it was looked at. Look at it again; nothing was taken.",
      );
    await takeIn(
      keeper,
      { clientId, repositoryId, passphrase: input.passphrase, quotaBytes, location },
      source,
      key,
      signal,
    );
  } finally {
    release();
  }
  return answer(keeper, clientId, repositoryId);
};

/** True: an earlier call has taken it in, which is brought to its end. Who asks must know the passphrase all the same. */
async function isTaken(
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; passphrase: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { clientId, repositoryId } = input;
  const known = keeper.repositories.find(repositoryId);
  if (known?.clientId !== clientId || known.borgId === null) return false;
  await readArchives(keeper, { ...input, checkpoints: false }, signal);
  const release = await keeper.leases.maintain(repositoryId, 5_000, signal);
  try {
    await finish(keeper, { clientId, repositoryId }, signal);
  } finally {
    release();
  }
  return true;
}

async function answer(keeper: Keeper, clientId: string, repositoryId: string) {
  const { borgId, location } = keeper.repositories.get(clientId, repositoryId);
  const archives = standing(await readLedger(keeper.paths, repositoryId)).length;
  return { borgId, location, archives };
}
