/** Tables so that each stands behind those it refers to; one that refers to itself may. Throws for a circle. */
export function orderTables(
  names: readonly string[],
  references: readonly { from: string; to: string }[],
): string[] {
  const waiting = new Set(names);
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter(
      (name) => !references.some(({ from, to }) => from === name && to !== name && waiting.has(to)),
    );
    if (free.length === 0)
      throw new Error(`these tables refer to each other in a circle: ${[...waiting].join(", ")}`);
    for (const name of free.sort()) {
      ordered.push(name);
      waiting.delete(name);
    }
  }
  return ordered;
}
