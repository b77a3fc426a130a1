/** A block of a treemap, in shares of its width and height (0 to 1). */
export interface Block {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Lays out sizes as blocks whose areas are in proportion, as near to squares as their order allows (squarified treemaps: Bruls, Huizing and
 * van Wijk, 2000). Largest first; each gets its block at its own place of the answer. `ratio`: width to height of the whole. Sizes that are
 * nothing get a block without area.
 */
export function treemap(sizes: readonly number[], ratio: number): Block[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const blocks: Block[] = [];
  if (total <= 0) return sizes.map(() => ({ left: 0, top: 0, width: 0, height: 0 }));
  // In units in which the whole is `ratio` wide and 1 high.
  const areas = sizes.map((size) => (size / total) * ratio);
  let free = { left: 0, top: 0, width: ratio, height: 1 };
  for (let at = 0; at < areas.length; ) {
    const side = Math.min(free.width, free.height);
    let count = 1;
    while (
      at + count < areas.length &&
      worst(areas.slice(at, at + count + 1), side) <= worst(areas.slice(at, at + count), side)
    )
      count++;
    const row = areas.slice(at, at + count);
    free = layRow(row, free, blocks);
    at += count;
  }
  return blocks.map(({ left, top, width, height }) => ({
    left: left / ratio,
    top,
    width: width / ratio,
    height,
  }));
}

/** How far the blocks of a row along `side` are from squares, at worst. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((all, area) => all + area, 0);
  const [most, least] = [Math.max(...row), Math.min(...row)];
  if (sum <= 0 || side <= 0 || least <= 0) return Number.POSITIVE_INFINITY;
  return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
}

/** Puts a row along the shorter side of what is free; answers what is free then. */
function layRow(row: readonly number[], free: Block, blocks: Block[]): Block {
  const sum = row.reduce((all, area) => all + area, 0);
  const upright = free.width >= free.height;
  const thickness = (upright ? free.height : free.width) > 0 ? sum / (upright ? free.height : free.width) : 0;
  let along = 0;
  for (const area of row) {
    const length = thickness > 0 ? area / thickness : 0;
    blocks.push(
      upright
        ? { left: free.left, top: free.top + along, width: thickness, height: length }
        : { left: free.left + along, top: free.top, width: length, height: thickness },
    );
    along += length;
  }
  return upright
    ? { ...free, left: free.left + thickness, width: free.width - thickness }
    : { ...free, top: free.top + thickness, height: free.height - thickness };
}
