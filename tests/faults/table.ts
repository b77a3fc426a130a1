import type { Row } from "./run-cell";
import type { Finding } from "./truth";

/** The rows as a table, then what was found, then the sums: the last line is the verdict. */
export function sayTable(rows: readonly Row[]): string {
  const lines = rows.map(({ strike, kind, moment, outcome, seconds }) => [
    ...[strike, kind, moment, outcome, seconds.toFixed(1)],
  ]);
  const all = [["fault", "job", "state", "outcome", "seconds"], ...lines];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const table = all.map((line) => line.map((word, column) => word.padEnd(widths[column] ?? 0)).join("  "));
  const found = rows.flatMap(({ strike, kind, moment, findings }) =>
    findings.map(({ kind: what, say }) => `${what.toUpperCase()}: ${strike}, ${kind} ${moment}: ${say}`),
  );
  const count = (kind: Finding["kind"]) =>
    rows.flatMap(({ findings }) => findings).filter((one) => one.kind === kind).length;
  const sums = `${rows.length} cells, ${count("lost job")} lost jobs, ${count("stuck lock")} stuck locks, ${count("wrong state")} wrong states`;
  return [...table, ...found, sums].map((line) => line.trimEnd()).join("\n");
}
