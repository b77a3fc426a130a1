import type { Attack } from "./attack";

/** So many attacks by a seed: at least one of each family, as long as they go. The same seed, the same sample. */
export function sampleAttacks(attacks: readonly Attack[], count: number, seed: number): Attack[] {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const ranked = attacks
    .filter((attack) => attack.slow !== true)
    .map((attack) => ({ attack, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ attack }) => attack);
  const firsts = ranked.filter(
    (attack, at) => ranked.findIndex((other) => other.family === attack.family) === at,
  );
  const chosen = new Set([...firsts, ...ranked].slice(0, count));
  return attacks.filter((attack) => chosen.has(attack));
}
