import { findBorgs, type TestedBorg } from "./borg-versions";

/** Changes every day, so that in a few days `npm test` has run what SOAK=1 runs at once. SEED repeats a day. */
const seed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));

/** So many of a long suite's cases, other ones every day, in their order; all with SOAK=1. */
export function sampled<T>(cases: readonly T[], count: number): T[] {
  if (process.env.SOAK === "1" || count >= cases.length) return [...cases];
  const chosen = new Set(Array.from({ length: count }, (_, n) => (seed * count + n * 7) % cases.length));
  for (let next = seed; chosen.size < count; next++) chosen.add(next % cases.length);
  return cases.filter((_, at) => chosen.has(at));
}

/** One of the borgs, by day and suite, so that each day every borg is run by some suites; all of them with SOAK=1. */
export function sampledBorgs(suite: string): TestedBorg[] {
  const borgs = findBorgs();
  if (process.env.SOAK === "1") return borgs;
  const turn = [...suite].reduce((sum, letter) => sum + letter.charCodeAt(0), seed) % borgs.length;
  return borgs.filter((_, at) => at === turn);
}
