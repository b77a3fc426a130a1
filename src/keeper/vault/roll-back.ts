import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { keeperVerbs } from "../contract";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { demandNoOpenRepair } from "../repair/repair-record";
import { writeAtomically } from "../write-atomically";
import { endAccount } from "./end-processes";
import { liftHold, readHold } from "./hold";
import { recoverMaintenance } from "./maintenance-intent";
import { putBack } from "./put-back";

const SESSIONS_END_WITHIN_MS = 60_000;

type Outcome = z.output<(typeof keeperVerbs)["roll-back"]["output"]>;

/** What the last one did, for a caller that lost the answer. */
const lastRollBack = z.object({ asked: z.number().nullable(), outcome: keeperVerbs["roll-back"].output });

/**
 * Puts a held repository back to a seal. Everything that is taken away is kept in the quarantine. At the end borg opens it with the key,
 * its archive list is the ledger's of that state, and a marker archive makes its manifest newer than any that a client has seen, so
 * that honest clients go on with their own caches. What is *not* done is reading all data back: sealed segments are the very files
 * (inode, size, time) that were scanned and sealed.
 *
 * The hold is lifted last: a crash at any step leaves it held, and the next call begins anew. A repository that is not held is refused;
 * asked again after it was done, it answers as before.
 */
export const rollBack: Verb<"roll-back"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  const from = performance.now();
  if ((await readHold(keeper.paths, repositoryId)) === null) return answerAgain(keeper, input);
  await demandNoOpenRepair(keeper.paths, repositoryId);
  await keeper.sessions.endAll(clientId);
  await endAccount(keeper, keeper.clients.accountsOf(clientId).serve.uid);
  const release = await keeper.leases.maintain(repositoryId, SESSIONS_END_WITHIN_MS, signal);
  try {
    await recoverMaintenance(keeper, input);
    const done = await putBack(keeper, input, input.transaction, signal);
    const outcome = { ...done, seconds: (performance.now() - from) / 1000 };
    await writeLast(keeper, repositoryId, { asked: input.transaction, outcome });
    keeper.atStep("roll-back:sealed");
    await liftHold(keeper.paths, repositoryId);
    return outcome;
  } finally {
    release();
    keeper.audits.hasEnded(repositoryId);
  }
};

const lastPath = (keeper: Keeper, repositoryId: string) =>
  join(keeper.paths.vault(repositoryId), "rolled-back.json");

async function writeLast(keeper: Keeper, repositoryId: string, last: z.output<typeof lastRollBack>) {
  await writeAtomically(lastPath(keeper, repositoryId), `${JSON.stringify(last)}\n`, 0o600);
}

async function answerAgain(
  keeper: Keeper,
  { repositoryId, transaction }: { repositoryId: string; transaction: number | null },
): Promise<Outcome> {
  const text = await readFile(lastPath(keeper, repositoryId), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  const last = text === null ? null : lastRollBack.parse(JSON.parse(text));
  if (last && last.asked === transaction) return last.outcome;
  throw new KeeperRefuses(
    "not-allowed",
    "The repository is not held, so there is nothing to roll back from.",
  );
}
