import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

/** In a mount namespace of its own, so that the line may write to /opt and /etc as it does on a real machine. */
const asRoot = process.getuid?.() === 0;
const work = mkdtempSync(join(tmpdir(), "bbs-line-"));
let stack: RealStack;

beforeAll(async () => {
  if (asRoot) stack = await startRealStack();
});
afterAll(async () => {
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

test.runIf(asRoot)(
  "the line that the console shows makes this machine a client, and it comes online",
  async () => {
    const { id, enrolment } = await stack.bbs.clients.create.mutate({ name: "pasted" });
    expect(enrolment.command).not.toContain("\n");
    writeFileSync(
      join(work, "machine.sh"),
      `set -e
     mount -t tmpfs tmpfs /opt
     mkdir -p /etc/bbs-agent && mount -t tmpfs tmpfs /etc/bbs-agent
     mkdir -p /var/lib/bbs-agent && mount -t tmpfs tmpfs /var/lib/bbs-agent
     sh -c "$1"
     stat -c '%a %U' /etc/bbs-agent/config.json
     exec /opt/bbs-agent/bbs-agent.mjs run`,
    );
    chmodSync(join(work, "machine.sh"), 0o755);
    const machine = spawn("unshare", ["-m", "sh", join(work, "machine.sh"), enrolment.command], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [machine.stdout, machine.stderr])
      stream.on("data", (bytes: Buffer) => {
        printed += bytes;
      });
    try {
      await until(
        "the machine is online",
        async () => {
          if (machine.exitCode !== null) throw new Error(`it ended:\n${printed}`);
          return (await stack.bbs.clients.get.query({ id })).state === "online";
        },
        { seconds: 60 },
      );
      expect(printed).toContain("600 root");
      const steps = (await stack.bbs.clients.checklist.query({ id })).steps;
      expect(steps.find((step) => step.key === "enrolled")?.done).toBe(true);
    } finally {
      process.kill(-(machine.pid ?? 0), "SIGKILL");
    }
  },
);

test.runIf(asRoot)("what it downloads is what the line vouches for", async () => {
  const { enrolment } = await stack.bbs.clients.create.mutate({ name: "compared" });
  const fetched = (path: string) =>
    execFileSync("sh", ["-c", `curl -fsSk ${stack.url}${path} | sha256sum`], { encoding: "utf8" }).slice(
      0,
      64,
    );
  expect(enrolment.command).toContain(`--agent-sha256 ${fetched("/agent/bbs-agent.mjs")}`);
  expect(enrolment.command).toContain(`echo "${fetched("/install.sh")}  install.sh"`);
});
