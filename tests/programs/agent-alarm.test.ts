import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
});
afterAll(() => lab.stop());

it("sounds the machine's own alarm once when the server stays silent, also after a restart, and ends it with the first answer", async () => {
  const told = join(lab.folder, "told");
  const script = join(lab.folder, "alarm");
  writeFileSync(script, `#!/bin/sh\necho "$BBS_ALARM $BBS_SERVER" >> ${told}\n`, { mode: 0o755 });
  // Two seconds.
  changePolicy(lab, { alarm: { afterHours: 2 / 3600, command: [script] } });
  const lines = () => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);
  lab.startAgent();
  await until("the agent has an answer", async () => (await lab.agent("status")).code === 0);
  await lab.server.fall();
  await until("the alarm was sounded", () => lines().length > 0);
  expect(lines()).toEqual([`silent ${lab.server.url}`]);
  await until("status says so", async () => (await lab.agent("status")).out.includes("ALARM"));
  expect(lab.printed()).toContain("has not answered this machine");
  await lab.stopAgents();
  lab.startAgent();
  await until("status still says so", async () => (await lab.agent("status")).out.includes("ALARM"));
  await lab.server.rise();
  await until("the alarm is over", () => lines().length > 1);
  expect(lines()).toEqual([`silent ${lab.server.url}`, `over ${lab.server.url}`]);
  await until("status says so", async () => !(await lab.agent("status")).out.includes("ALARM"));
});
