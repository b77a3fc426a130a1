import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { agentBytes } from "~tests/support/agent-releases";
import { commandLine, descendants } from "~tests/support/real-stack-processes";
import { until } from "~tests/support/until";
import { NEW, QUICK, startUpdateLab, type UpdateLab } from "~tests/support/update-lab";

let lab: UpdateLab;
beforeEach(async () => {
  lab = await startUpdateLab();
});
afterEach(() => lab.stop());

const serving = (launcher: number) =>
  descendants(launcher).filter((pid) => commandLine(pid).includes("bbs-agent.mjs\0serve"));
const polls = async () => {
  const before = lab.server.polls.length;
  await until("it polls", () => lab.server.polls.length > before);
};

it("starts the agent again when it was killed, and ends with it on SIGTERM", async () => {
  const launcher = lab.startLauncher();
  await polls();
  const [first = 0] = serving(launcher.pid ?? 0);
  process.kill(first, "SIGKILL");
  await until("another one runs", () => serving(launcher.pid ?? 0).some((pid) => pid !== first));
  await polls();
  expect(lab.printed()).toContain("The agent ended (ended by SIGKILL) and is started again.");
  const [second = 0] = serving(launcher.pid ?? 0);
  launcher.kill("SIGTERM");
  await until("both are gone", () => launcher.exitCode !== null && commandLine(second) === "");
  expect(launcher.exitCode).toBe(0);
  expect(lab.printed()).toContain("Stopping; borg is ended first.");
});

it("leaves no agent behind when it is killed itself, so that the next launcher can begin at once", async () => {
  const launcher = lab.startLauncher();
  await polls();
  const [agent = 0] = serving(launcher.pid ?? 0);
  launcher.kill("SIGKILL");
  await until("the agent ends too", () => commandLine(agent) === "");
  lab.startLauncher();
  await polls();
});

it("ends with the same words and code where only a person can help", async () => {
  writeFileSync(join(lab.dir, "config.json"), "{");
  const launcher = lab.startLauncher();
  await until("it ends", () => launcher.exitCode !== null);
  expect(launcher.exitCode).toBe(1);
  expect(lab.printed()).toContain("is damaged");
});

it("works as the first process of a container", async () => {
  const words = ["--pid", "--fork", "--mount-proc", "--kill-child", process.execPath, lab.program];
  const namespace = spawn("unshare", [...words, "run", "--dir", lab.dir], { stdio: "ignore" });
  try {
    await polls();
    const [first = 0] = descendants(namespace.pid ?? 0).filter((pid) =>
      commandLine(pid).includes("bbs-agent.mjs\0run"),
    );
    process.kill(first, "SIGTERM");
    await until("it ends", () => namespace.exitCode !== null);
    expect(namespace.exitCode).toBe(0);
  } finally {
    namespace.kill("SIGKILL");
  }
});

it("runs the installed program where the current version is damaged, and says so", async () => {
  const bytes = await agentBytes({ version: NEW, change: QUICK });
  const program = dirname(lab.program);
  const name = `${NEW}-0123456789ab`;
  mkdirSync(join(program, "versions", name), { recursive: true });
  writeFileSync(join(program, "versions", name, "bbs-agent.mjs"), bytes);
  writeFileSync(join(program, "current"), JSON.stringify({ name, confirmed: true }));
  lab.startLauncher();
  await polls();
  expect(lab.server.polls.at(-1)?.machine.agentVersion).not.toBe(NEW);
  expect(lab.printed()).toContain("is missing or damaged; the installed one runs in its place");
});

it("gives a version three starts to confirm itself, also when the machine goes down with it", async () => {
  const program = dirname(lab.program);
  const bytes = await agentBytes({
    version: NEW,
    change: {
      ...QUICK,
      "agent/commands/serve.ts": (source) =>
        source.replace(
          "const config = await",
          'process.kill(process.ppid, "SIGKILL"); process.kill(process.pid, "SIGKILL");\nconst config = await',
        ),
    },
  });
  const name = `${NEW}-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}`;
  mkdirSync(join(program, "versions", name), { recursive: true });
  writeFileSync(join(program, "versions", name, "bbs-agent.mjs"), bytes);
  const current = join(program, "current");
  writeFileSync(current, JSON.stringify({ name, confirmed: false, before: null, starts: 0 }));
  for (const starts of [1, 2, 3]) {
    const launcher = lab.startLauncher();
    await until("the machine is down", () => launcher.signalCode === "SIGKILL");
    expect(JSON.parse(readFileSync(current, "utf8"))).toMatchObject({ name, starts });
  }
  lab.startLauncher();
  await polls();
  expect(lab.current()).toBeNull();
});
