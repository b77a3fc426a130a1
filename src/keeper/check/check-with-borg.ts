import { repositoryLocation } from "../archive-location";
import type { Keeper } from "../keeper";
import { runServerBorg, ServerBorgFailed } from "../run-server-borg";
import { withMaintenance } from "../with-maintenance";
import type { Finding } from "./coverage-record";
import { dropSealedView, makeSealedView, viewBase } from "./sealed-view";

/** What borg tells is cut here. */
const FINDINGS_TOLD = 50;

type Input = { clientId: string; repositoryId: string; passphrase: string };

/**
 * borg's own check of the sealed state: every segment against its checksums, and that each archive's chunks are all there. In a view of its
 * own, so that backups go on meanwhile; where the storage cannot make one, in the repository itself, alone. What borg finds is no failure of
 * ours; throws for everything that kept it from looking.
 */
export async function checkWithBorg(
  keeper: Keeper,
  input: Input,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const view = await makeSealedView(keeper, input, signal);
  if (view === null)
    return withMaintenance(keeper, input, signal, () =>
      run(keeper, { ...input, path, base: repositoryId, limitSeconds, signal }),
    );
  try {
    keeper.atStep("check:viewed");
    const found = await run(keeper, {
      ...{ ...input, limitSeconds, signal },
      ...{ path: view.path, base: viewBase(repositoryId) },
    });
    return [...view.findings, ...found].slice(0, FINDINGS_TOLD);
  } finally {
    await dropSealedView(keeper, input);
  }
}

async function run(
  keeper: Keeper,
  order: Input & { path: string; base: string; limitSeconds: number; signal: AbortSignal },
): Promise<Finding[]> {
  const { clientId, repositoryId, passphrase, path, base, limitSeconds, signal } = order;
  try {
    const end = await runServerBorg(keeper, {
      ...{ clientId, repositoryId, passphrase, limitSeconds, signal, base },
      args: ["check", "--lock-wait=60", "--", repositoryLocation(path)],
    });
    if (end.exitCode === 0) return [];
    const told = end.log.flatMap((line) =>
      line.type === "log_message" && ["WARNING", "ERROR", "CRITICAL"].includes(line.levelname)
        ? [{ segment: null, say: line.message.split("\n")[0]?.slice(0, 500) ?? "" }]
        : [],
    );
    return told.length > 0
      ? told.slice(0, FINDINGS_TOLD)
      : [{ segment: null, say: `borg check ended with code ${end.exitCode} and said nothing.` }];
  } catch (error) {
    if (!(error instanceof ServerBorgFailed) || error.code === "borg-killed") throw error;
    if (!["repository-damaged", "repository-missing", "failed"].includes(error.problem.code)) throw error;
    return [{ segment: null, say: error.problem.say }];
  }
}
