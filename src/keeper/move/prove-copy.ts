import { repositoryLocation } from "../archive-location";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { runServerBorg } from "../run-server-borg";
import { readLedger, standing } from "../vault/archive-ledger";
import { readListing } from "../verbs/list-archives";
import { moveBase } from "./settle-move";
import type { Progress } from "./under-way";

const CHECK_LIMIT_SECONDS = 3 * 24 * 3600;
const LIST_LIMIT_SECONDS = 300;

/**
 * Lets our own borg judge a copy before it counts: its check of the repository, and a list that holds what the ledger says, under the same ids
 * and names, and nothing else. Refuses `not-allowed` with what differs.
 */
export async function proveCopy(
  keeper: Keeper,
  input: { clientId: string; repositoryId: string; passphrase: string; stage: string },
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { clientId, repositoryId, passphrase, stage } = input;
  const borg = { clientId, repositoryId, passphrase, signal, base: moveBase(repositoryId) };
  progress.phase = "checking";
  const checked = await runServerBorg(keeper, {
    ...{ ...borg, limitSeconds: CHECK_LIMIT_SECONDS },
    args: ["check", "--repository-only", "--lock-wait=60", "--", repositoryLocation(stage)],
  });
  if (checked.exitCode !== 0)
    throw new KeeperRefuses(
      "not-allowed",
      "borg's check of the copy found damage. The repository stays where it is; check it in full.",
    );
  progress.phase = "listing";
  const end = await runServerBorg(keeper, {
    ...{ ...borg, limitSeconds: LIST_LIMIT_SECONDS },
    args: [
      ...["list", "--bypass-lock", "--json", "--format={id}{name}{start}{hostname}{username}"],
      ...["--", repositoryLocation(stage)],
    ],
  });
  const listed = textOf(readListing(end.stdout));
  if (listed === textOf(standing(await readLedger(keeper.paths, repositoryId)))) return;
  throw new KeeperRefuses(
    "not-allowed",
    "The archives of the copy are not those of the ledger. The repository stays where it is.",
  );
}

const textOf = (archives: readonly { borgId: string; name: string }[]) =>
  archives
    .map(({ borgId, name }) => `${borgId} ${name}`)
    .sort()
    .join("\n");
