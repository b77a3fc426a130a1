import { type FindGapsOrder, type Gap, MOST_GAPS } from "~/protocol/looks";
import type { LookContext, TaskEnd } from "../tasks/task";
import { demandLook } from "./demand-look";
import { type Candidate, findCandidates } from "./gap-candidates";
import { isCovered } from "./is-covered";
import { measure } from "./measure";
import { mayHang, mountOf, readMounts } from "./mounts";

/** For counting sizes, all together and for each. */
const SIZES_MS = 60_000;
const ONE_SIZE_MS = 10_000;

/**
 * Paths of this machine that hold data and that no plan reads: file systems, folders of databases and containers, homes, folders that
 * somebody made at the top. What a plan leaves out by name was decided by a person and is no gap. Sizes are counted as far as the time goes.
 */
export async function findGaps(order: FindGapsOrder, context: LookContext): Promise<TaskEnd> {
  const limits = await demandLook(context.policy, context.folder);
  const mounts = await readMounts();
  const candidates = await findCandidates(mounts, limits);
  const open = candidates.filter(({ path }) => !order.plans.some((plan) => isCovered(path, plan, mounts)));
  const distant = mounts.filter(mayHang);
  const until = performance.now() + SIZES_MS;
  const gaps: Gap[] = [];
  for (const { path, kind } of withoutInner(open).slice(0, MOST_GAPS)) {
    if (context.signal.aborted) return { state: "stopped", say: "Nothing was changed." };
    const tally = await measure(path, {
      until: Math.min(until, performance.now() + ONE_SIZE_MS),
      signal: context.signal,
      leaves: (_path, stat) => limits.own.is(stat),
      avoids: (inner) => mountOf(distant, inner) !== undefined,
      // What is mounted below is a gap of its own.
      sameDevice: true,
    });
    if (tally.files === 0 && tally.counted) continue;
    gaps.push({ path, kind, bytes: tally.counted ? tally.bytes : null });
  }
  return { state: "succeeded", result: { kind: "find-gaps", gaps } };
}

/** A gap within a gap is told once, by the outer one; a file system or a database in a folder stays, it is easily overlooked. */
function withoutInner(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(
    ({ path, kind }) =>
      kind !== "folder" ||
      !candidates.some((other) => other.path !== path && path.startsWith(`${other.path}/`)),
  );
}
