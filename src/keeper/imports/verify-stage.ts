import { repositoryLocation } from "../archive-location";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { runServerBorg, ServerBorgFailed } from "../run-server-borg";
import { readListing } from "../verbs/list-archives";
import { stageBase } from "./import-stage";

const LIST_LIMIT_SECONDS = 24 * 3600;
const CHECK_LIMIT_SECONDS = 24 * 3600;

type Staged = {
  clientId: string;
  repositoryId: string;
  passphrase: string;
  /** The text of the key file; null: the key is in the repository, or there is none. */
  key: string | null;
  stage: string;
};

/** borg's own check of everything that is stored, against its checksums. Refuses `not-allowed` with what borg found. */
export async function checkStage(keeper: Keeper, staged: Staged, signal: AbortSignal): Promise<void> {
  const end = await run(keeper, staged, CHECK_LIMIT_SECONDS, ["check", "--repository-only"], signal);
  if (end.exitCode === 0) return;
  const told = end.log.flatMap((line) =>
    line.type === "log_message" && line.levelname !== "INFO" ? [line.message.split("\n")[0] ?? ""] : [],
  );
  throw damaged(told[0] ?? `borg ended with code ${end.exitCode}.`);
}

/**
 * The archives, read with the key: without the right passphrase there are none to be had. A stage has no index yet, so borg reads all
 * segments for it, and refuses them as a check does.
 */
export async function listStage(keeper: Keeper, staged: Staged, signal: AbortSignal) {
  const format = "--format={id}{name}{start}{hostname}{username}";
  const end = await run(keeper, staged, LIST_LIMIT_SECONDS, ["list", "--json", format], signal);
  return readListing(end.stdout);
}

async function run(
  keeper: Keeper,
  staged: Staged,
  limitSeconds: number,
  args: string[],
  signal: AbortSignal,
) {
  const { clientId, repositoryId, passphrase, stage, key } = staged;
  try {
    return await runServerBorg(keeper, {
      ...{ clientId, repositoryId, passphrase, key, limitSeconds, signal },
      base: stageBase(repositoryId),
      args: [...args, "--lock-wait=60", "--", repositoryLocation(stage)],
    });
  } catch (error) {
    if (!(error instanceof ServerBorgFailed) || error.code === "borg-killed") throw error;
    if (!["repository-damaged", "repository-missing", "failed"].includes(error.problem.code)) throw error;
    throw damaged(error.problem.say);
  }
}

const damaged = (say: string) =>
  new KeeperRefuses(
    "not-allowed",
    `borg found damage: ${say.slice(0, 300).replace(/[.]?$/, ".")} Nothing was taken.`,
  );
