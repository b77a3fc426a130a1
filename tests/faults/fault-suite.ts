import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cell } from "./cells";
import { type FaultLab, startFaultLab } from "./lab";
import { type Row, runCell } from "./run-cell";
import { sayTable } from "./table";

const RESULTS = fileURLToPath(new URL("../../test-results", import.meta.url));

/** One test per cell on one server, one after the other; prints the table, and keeps it in test-results. */
export function testCells(
  name: string,
  cells: readonly Cell[],
  needs: { disk?: true; clock?: true } = {},
): void {
  let lab: FaultLab;
  const rows: Row[] = [];
  beforeAll(async () => {
    lab = await startFaultLab(needs);
  }, 600_000);
  afterAll(async () => {
    console.log(sayTable(rows));
    await lab?.stop();
  });
  it.each(cells)(
    "$strike while a $kind is $moment: nothing is lost, stuck or wrong",
    async (cell) => {
      const row = await runCell(lab, cell);
      rows.push(row);
      mkdirSync(RESULTS, { recursive: true });
      writeFileSync(join(RESULTS, `faults-${name}.txt`), `${sayTable(rows)}\n`);
      expect(row.findings).toEqual([]);
    },
    300_000,
  );
}
