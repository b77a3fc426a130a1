import { createHash } from "node:crypto";
import type { DrillScope } from "~/domain/drill";
import type { SampleResult } from "~/protocol/sample";

export type SampleFile = SampleResult["files"][number];

/**
 * The files of a sample that a drill reads back: the canaries, and with `random` so many others, in the order of SHA-256 over seed and path, so
 * that anybody who has sample and seed can draw the same ones again.
 */
export function chooseFiles(
  sample: Pick<SampleResult, "files"> | null,
  drill: { scope: DrillScope; files: number; seed: string },
): SampleFile[] {
  const all = sample?.files ?? [];
  if (drill.scope === "everything") return [...all];
  const canaries = all.filter(({ canary }) => canary);
  if (drill.scope === "canaries") return canaries;
  const place = ({ path }: SampleFile) => createHash("sha256").update(`${drill.seed} ${path}`).digest("hex");
  const others = all.filter(({ canary }) => !canary).map((file) => ({ file, at: place(file) }));
  others.sort((a, b) => (a.at < b.at ? -1 : 1));
  return [...canaries, ...others.slice(0, drill.files).map(({ file }) => file)];
}
