import type { Evidence } from "~/domain/tamper";
import type { KeeperOutput } from "~/keeper/contract";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { type Keeper, KeeperProblem } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";
import { copyLedger, type RepositoryIds } from "./copy-ledger";
import { copyState } from "./copy-state";
import { describeArchives } from "./describe-archives";
import { escrowKey } from "./escrow-key";
import { openIncident } from "./open-incident";
import { recordSessions } from "./record-sessions";

/** Archives described in one audit. Each costs a borg process; the rest is left to another audit, behind other repositories'. */
const DESCRIBED_AT_ONCE = 25;

export interface AuditOutcome {
  clean: boolean;
  /** What was found, in words; null: nothing. */
  say: string | null;
  sealed: boolean;
  newArchives: number;
  newBytes: number;
  scanSeconds: number;
  listSeconds: number;
  /** Archives wait for their numbers: audit once more. */
  moreToDescribe: boolean;
}

/**
 * Has the keeper audit a repository, and brings the console's copy in line: state, ledger, numbers of new archives, key escrow. Not
 * clean, or another key than the one in escrow: an incident is opened, or the open one gets what is new. May run twice and at any time.
 * An outage, and a session that writes now, are the keeper's problems, never an outcome.
 */
export async function auditRepository(ctx: Ctx, keeper: Keeper, given: RepositoryIds): Promise<AuditOutcome> {
  const ids: RepositoryIds = { clientId: given.clientId, repositoryId: given.repositoryId };
  const audit = await lookAt(ctx, keeper, ids);
  // Whether an archive is sealed is asked of its session; the regular copy may be some seconds behind.
  await recordSessions(ctx, keeper, { storageNodeId: MAIN_NODE });
  await copyLedger(ctx, keeper, ids);
  const state = await copyState(ctx, keeper, ids);
  const evidence = [...(state.hold?.evidence ?? [])];
  const sealed = state.seals.length > 0;
  if (state.hold === null && sealed && !(await escrowKey(ctx, keeper, ids)).same) evidence.push(OTHER_KEY);
  const figures = {
    sealed: audit?.sealed ?? false,
    newArchives: audit?.newArchives ?? 0,
    newBytes: audit?.newBytes ?? 0,
    scanSeconds: audit?.scanSeconds ?? 0,
    listSeconds: audit?.listSeconds ?? 0,
  };
  if (state.hold !== null || evidence.length > 0) {
    const { say } = await openIncident(ctx, keeper, { ...ids, state, evidence });
    return { clean: false, say, ...figures, moreToDescribe: false };
  }
  const { remaining } = await describeArchives(ctx, keeper, ids, { limit: DESCRIBED_AT_ONCE });
  return { clean: true, say: null, ...figures, moreToDescribe: remaining };
}

const OTHER_KEY: Evidence = { kind: "config-changed", key: true };

/** Null: it is held already, and the keeper says so instead of looking again. */
async function lookAt(
  ctx: Ctx,
  keeper: Keeper,
  ids: RepositoryIds,
): Promise<KeeperOutput<"audit-repository"> | null> {
  try {
    const passphrase = await openPassphrase(ctx, ids.repositoryId);
    return await keeper.call("audit-repository", { ...ids, passphrase });
  } catch (problem) {
    if (problem instanceof KeeperProblem && problem.code === "repository-held") return null;
    throw problem;
  }
}
