import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentLab } from "./agent-lab";

/** Changes what the machine of a lab allows, as its administrator would: by editing the file. */
export function changePolicy(lab: AgentLab, change: Record<string, unknown>): void {
  const file = join(lab.dir, "policy.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }));
}
