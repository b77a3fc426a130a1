import { DAY_MS } from "~/domain/compaction-gate";
import { checkSegments, demandSeal } from "../check/check-segments";
import { checkWithBorg } from "../check/check-with-borg";
import {
  type CoverageRecord,
  coverageOf,
  onlySealed,
  readCoverage,
  writeCoverage,
} from "../check/coverage-record";
import type { KeeperInput } from "../contract";
import type { Keeper, Verb } from "../keeper";
import { progressOf } from "../move/under-way";
import { KeeperRefuses } from "../refusal";
import { demandNotHeld } from "../vault/hold";

const FINDINGS_TOLD = 50;

/** Repositories that are being checked: two checks of one would read the same and share a record. */
const underWay = new WeakMap<Keeper, Set<string>>();

/**
 * Reads sealed data again and says whether it is what it was. A finding stands until the same kind of look finds it gone: a segment until
 * it reads whole or is sealed no more, what borg's check found until borg's check finds nothing.
 */
export const checkRepository: Verb<"check-repository"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  keeper.repositories.get(clientId, repositoryId);
  await demandNotHeld(keeper.paths, repositoryId);
  demandNotChecked(keeper, repositoryId);
  if (progressOf(keeper, repositoryId))
    throw new KeeperRefuses(
      "repository-locked",
      "This repository is being moved or repaired. It can be checked when that is done.",
    );
  const checking = underWay.get(keeper) ?? new Set();
  underWay.set(keeper, checking);
  checking.add(repositoryId);
  const startedAt = performance.now();
  try {
    const { record, ...done } =
      input.kind === "full"
        ? await checkFully(keeper, input, signal)
        : await checkSegments(keeper, input, { ...input, kind: input.kind }, signal);
    const seal = await demandSeal(keeper, repositoryId);
    const standing = onlySealed(record, seal);
    const since = new Date(keeper.now().getTime() - input.everyDays * DAY_MS);
    const findings = [
      ...standing.damaged.map(({ segment, say }) => ({ segment, say })),
      ...(standing.full?.findings ?? []),
    ];
    return {
      ...done,
      ok: findings.length === 0,
      findings: findings.slice(0, FINDINGS_TOLD),
      findingCount: findings.length,
      seconds: (performance.now() - startedAt) / 1000,
      ...coverageOf(standing, seal, since, keeper.now()),
    };
  } finally {
    checking.delete(repositoryId);
  }
};

/** Refuses `repository-locked` while a check reads the repository where it lies now. */
export function demandNotChecked(keeper: Keeper, repositoryId: string): void {
  if (underWay.get(keeper)?.has(repositoryId))
    throw new KeeperRefuses("repository-locked", "Another check of this repository is running.");
}

/**
 * borg reads every segment that was sealed when it began: without a finding all of them were read whole. What was found damaged before is
 * read by ourselves first, as only that ends the finding.
 */
async function checkFully(keeper: Keeper, input: KeeperInput<"check-repository">, signal: AbortSignal) {
  const { repositoryId } = input;
  const seal = await demandSeal(keeper, repositoryId);
  const startedAt = keeper.now().toISOString();
  await checkSegments(keeper, input, { ...input, kind: "damaged" }, signal);
  const findings = await checkWithBorg(keeper, input, input.budgetSeconds, signal);
  const before = await readCoverage(keeper, repositoryId);
  const record: CoverageRecord = { ...before, full: { at: keeper.now().toISOString(), findings } };
  if (findings.length === 0) {
    for (const { n, size, mtimeNs } of seal.segments) {
      const sha256 =
        before.segments[String(n)]?.mtimeNs === mtimeNs ? before.segments[String(n)]?.sha256 : null;
      record.segments[String(n)] = { size, mtimeNs, readAt: startedAt, sha256: sha256 ?? null };
    }
  }
  await writeCoverage(keeper, repositoryId, record);
  const bytesRead = seal.segments.reduce((sum, { size }) => sum + size, 0);
  return { record, segmentsRead: seal.segments.length, bytesRead, complete: true };
}
