import { eq } from "drizzle-orm";
import type { JobProblem } from "~/domain/job-payload";
import { maintenanceWindow } from "~/domain/maintenance-window";
import type { CheckKind } from "~/domain/repository";
import type { KeeperOutput } from "~/keeper/contract";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { appendEntry } from "../journal/append-entry";
import type { Keeper } from "../keeper-port";
import { recordCoverage } from "../repositories/mark-repository";
import { openPassphrase } from "../repositories/passphrase";
import { readSetting } from "../settings/read-setting";

export interface CheckOutcome {
  result: Record<string, unknown>;
  /** Not null: damage was found, or is still there. */
  problem: JobProblem | null;
}

/** Below it, begun near the end of a window, a check is not worth its start. */
const LEAST_BUDGET_SECONDS = 30;

/**
 * Has the keeper read a repository again, and writes down what it said: coverage for the console, and for the alert that a failed check
 * raises. Of a check that nobody asked for the budget ends with the maintenance window. May run twice; it goes on where it was.
 */
export async function checkRepository(
  ctx: Ctx,
  keeper: Keeper,
  input: {
    clientId: string;
    repositoryId: string;
    kind: CheckKind;
    budgetSeconds: number;
    everyDays: number;
    requestedBy: string | null;
  },
): Promise<CheckOutcome> {
  const { clientId, repositoryId, kind, everyDays } = input;
  const [repository] = await ctx.db
    .select({ name: repositories.name, removedAt: repositories.removedAt })
    .from(repositories)
    .where(eq(repositories.id, repositoryId));
  const left = input.requestedBy === null ? await secondsLeft(ctx) : input.budgetSeconds;
  const budgetSeconds = Math.floor(Math.min(input.budgetSeconds, left));
  if (!repository || repository.removedAt !== null || budgetSeconds < LEAST_BUDGET_SECONDS)
    return { result: { checkKind: kind, skipped: true }, problem: null };
  const done = await keeper.call("check-repository", {
    ...{ clientId, repositoryId, kind, budgetSeconds, everyDays },
    passphrase: await openPassphrase(ctx, repositoryId),
  });
  const say = sayFindings(done);
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await recordCoverage(inTx, {
      repositoryId,
      coverage: {
        ...{ totalBytes: done.totalBytes, coveredBytes: done.coveredBytes, oldestReadAt: done.oldestReadAt },
        overdueBytes: done.overdueBytes,
        measuredAt: ctx.now.toISOString(),
        lastCheck: { kind, at: ctx.now.toISOString(), ok: done.ok, say },
      },
    });
    if (done.ok) return;
    await appendEntry(inTx, {
      action: "repository.check-failed",
      say: `A ${kind} check of repository ${repository.name} found damage: ${say}`,
      ...{ clientId, repositoryId },
      detail: { kind, findings: done.findings, findingCount: done.findingCount },
    });
  });
  const { findings, ...figures } = done;
  const told = { ...figures, checkKind: kind, everyDays, findings: findings.map((finding) => finding.say) };
  return { result: told, problem: done.ok ? null : { code: "damage-found", say } };
}

async function secondsLeft(ctx: Ctx): Promise<number> {
  return maintenanceWindow(await readSetting(ctx, "maintenance"), ctx.now).secondsLeft;
}

function sayFindings(done: KeeperOutput<"check-repository">): string {
  const [first, ...more] = done.findings;
  if (!first) return done.complete ? "Nothing is damaged." : "Nothing is damaged in what was read.";
  const rest = done.findingCount - 1;
  return more.length === 0 ? first.say : `${first.say} ${rest} more ${rest === 1 ? "finding" : "findings"}.`;
}
