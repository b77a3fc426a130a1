/** How many archives one call to the keeper names. Below the contract's 1,000, so that a stop or a crash loses little. */
const AT_ONCE = 250;

/** `items` in their order, cut into pieces of at most 250. */
export function inBatches<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) batches.push(items.slice(from, from + AT_ONCE));
  return batches;
}
