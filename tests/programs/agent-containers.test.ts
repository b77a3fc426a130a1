import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

/**
 * Stands for podman or docker, neither of which starts a container where these tests run: it answers `ps`, `stop` and `start` in the
 * words of their command lines. That the real ones take these words is not shown here.
 */
const ENGINE = `#!/bin/sh
echo "$@" >> "$0.told"
case $1 in
  ps) cat "$0.running" ;;
  stop) grep -v "^$4 " "$0.running" > "$0.next"; mv "$0.next" "$0.running" ;;
  start) echo "$2 app" >> "$0.running" ;;
esac
`;
const ID = "0123456789ab";
const LABEL = "backup.stop=yes";

let lab: AgentLab;
let engine: string;
beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  engine = join(lab.folder, "engine");
  writeFileSync(engine, ENGINE, { mode: 0o755 });
  writeFileSync(`${engine}.running`, `${ID} app\n`);
  lab.startAgent();
});
afterAll(() => lab.stop());

const isRunning = () => readFileSync(`${engine}.running`, "utf8").includes(ID);
const told = () =>
  existsSync(`${engine}.told`) ? readFileSync(`${engine}.told`, "utf8").trim().split("\n") : [];

function order(jobId: string, source = "/etc/hostname") {
  lab.server.orders.push(lab.backupOrder(jobId, [source], { stopContainersLabelled: LABEL }));
}

it("stops no container with a label that the policy does not list", async () => {
  changePolicy(lab, { containers: { labels: ["other"], engine } });
  order("n1");
  expect(await lab.server.end("n1")).toMatchObject({ problem: { code: "policy-forbids-containers" } });
  expect(told()).toEqual([]);
  changePolicy(lab, { containers: { labels: [LABEL], engine } });
});

it("has containers with the label stopped while borg reads, and started however it ends", async () => {
  order("c1");
  expect(await lab.server.end("c1")).toMatchObject({ state: "succeeded" });
  expect(told().map((line) => line.split(" ")[0])).toEqual(["ps", "stop", "start"]);
  expect(told()[0]).toContain(`label=${LABEL}`);
  order("c2", "/does/not/exist");
  expect(await lab.server.end("c2")).toMatchObject({ problem: { code: "source-missing" } });
  expect(isRunning()).toBe(true);
});

it("starts them at its next start when it was killed in between", async () => {
  await lab.stopAgents();
  const agent = lab.startAgent();
  // A large source holds borg long enough.
  writeFileSync(
    join(lab.folder, "random"),
    Buffer.from(Array.from({ length: 3_000_000 }, () => Math.random() * 256)),
  );
  lab.server.orders.push(
    lab.backupOrder("k1", [join(lab.folder, "random")], {
      stopContainersLabelled: LABEL,
      compression: "lzma,9",
      borgOptions: {
        ...{
          uploadKibPerSecond: 100,
          checkpointSeconds: null,
          filesCache: "ctime,size,inode",
          numericIds: false,
        },
        ...{ noAcls: false, noXattrs: false, noFlags: false, sparse: false, keepExcludeTags: false },
        excludeIfPresent: [],
      },
    }),
  );
  await until("the container is stopped", () => !isRunning());
  agent.kill("SIGKILL");
  lab.startAgent();
  await until("the container runs again", isRunning);
});
