import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { HookOrder } from "~/protocol/backup-extras";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { changePolicy } from "~tests/support/lab-policy";
import { until } from "~tests/support/until";

let lab: AgentLab;
let scripts: string;
let source: string;
const hooks: Record<string, { command: string[] }> = {};

beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  scripts = join(lab.folder, "scripts");
  source = join(lab.folder, "source");
  mkdirSync(scripts);
  mkdirSync(source);
  writeFileSync(join(source, "file"), "content");
  script("note", 'echo "$BBS_PHASE $BBS_OUTCOME $BBS_JOB $1" | tee -a "$2"', ["told", diary("diary")]);
  script("fails", "echo it hurts >&2; exit 3");
  script("sleeps", 'echo $$ > "$1"; sleep 60', [diary("pid")]);
  lab.startAgent();
});
afterAll(() => lab.stop());

const diary = (name: string) => join(lab.folder, name);

function script(name: string, text: string, args: string[] = []): string {
  const path = join(scripts, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  hooks[name] = { command: [path, ...args] };
  changePolicy(lab, { hooks });
  return path;
}

function runs(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : ") Z";
  return !/\) [ZX]/.test(stat);
}

const hook = (name: string, more: Partial<HookOrder> = {}): HookOrder => ({
  name,
  timeoutSeconds: 30,
  onFailure: "abort",
  ...more,
});

async function backUp(jobId: string, before: HookOrder[], after: HookOrder[]) {
  lab.server.orders.push(lab.backupOrder(jobId, [source], { hooks: { before, after } }));
  return lab.server.end(jobId);
}

const written = (name = "diary") =>
  existsSync(diary(name)) ? readFileSync(diary(name), "utf8").trim().split("\n") : [];

it("runs listed scripts before and after, tells them what it is about, and keeps what they print", async () => {
  expect(await backUp("h1", [hook("note")], [hook("note")])).toMatchObject({ state: "succeeded" });
  expect(written()).toEqual(["before running h1 told", "after succeeded h1 told"]);
  expect(lab.server.log("h1").join("\n")).toContain("note: before running h1 told");
});

it("makes no archive when a script before fails, and runs those after all the same", async () => {
  const ended = await backUp("h2", [hook("fails"), hook("note")], [hook("note")]);
  expect(ended).toMatchObject({ state: "failed", problem: { code: "hook-failed" } });
  expect(ended.problem?.say).toContain("it hurts");
  expect(written().slice(2)).toEqual(["after failed h2 told"]);
  expect(lab.borg("list", "--short", lab.repository)).not.toContain("lab-h2");
});

it("calls it a warning where the plan says so, and ends a script at its time limit", async () => {
  const late = hook("sleeps", { timeoutSeconds: 1, onFailure: "warn" });
  const ended = await backUp("h3", [late], [hook("fails", { onFailure: "warn" })]);
  expect(ended).toMatchObject({ state: "warned", result: { warnings: 2 } });
  expect(lab.server.log("h3").join("\n")).toContain("ran longer than 1 s");
  expect(runs(Number(written("pid")[0]))).toBe(false);
});

it("says that the archive is there when a script after it fails", async () => {
  const ended = await backUp("h4", [], [hook("fails"), hook("note")]);
  expect(ended).toMatchObject({
    state: "failed",
    problem: { code: "hook-failed" },
    result: { archive: { name: "lab-h4" } },
  });
  expect(written().at(-1)).toBe("after succeeded h4 told");
});

it("runs nothing that the policy does not list, or that somebody else could have written", async () => {
  const before = written().length;
  const open = script("open", "true");
  chmodSync(open, 0o777);
  const folder = join(lab.folder, "shared");
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "script"), "#!/bin/sh\n", { mode: 0o755 });
  hooks.shared = { command: [join(folder, "script")] };
  script("gone", "true");
  hooks.gone = { command: [join(scripts, "not-there")] };
  changePolicy(lab, { hooks });
  for (const name of ["unlisted", "constructor", "open", "shared", "gone"]) {
    const ended = await backUp(`p${name.slice(0, 8)}`, [hook("note"), hook(name)], [hook("note")]);
    expect(ended).toMatchObject({ state: "failed", problem: { code: "policy-forbids-hook" } });
  }
  expect(written()).toHaveLength(before);
});

it("ends a script when the job is cancelled, and runs those after", async () => {
  lab.server.orders.push(
    lab.backupOrder("h6", [source], { hooks: { before: [hook("sleeps")], after: [hook("note")] } }),
  );
  const earlier = written("pid")[0];
  await until("the script runs", () => written("pid")[0] !== earlier && written("pid")[0] !== "");
  lab.server.cancel.add("h6");
  expect(await lab.server.end("h6")).toMatchObject({ state: "cancelled" });
  expect(written().at(-1)).toBe("after stopped h6 told");
  expect(runs(Number(written("pid")[0]))).toBe(false);
});

it("runs the scripts after a backup at its next start when it was killed in between", async () => {
  await lab.stopAgents();
  const agent = lab.startAgent();
  lab.server.orders.push(
    lab.backupOrder("h7", [source], { hooks: { before: [hook("sleeps")], after: [hook("note")] } }),
  );
  const earlier = written("pid")[0];
  await until("the script runs", () => written("pid")[0] !== earlier && written("pid")[0] !== "");
  // The script's process is in the record by then.
  await until("the record is complete", () =>
    readFileSync(join(lab.dir, "state/aftermath/h7.json"), "utf8").includes("identity"),
  );
  agent.kill("SIGKILL");
  lab.startAgent();
  expect(await lab.server.end("h7")).toMatchObject({ problem: { code: "agent-restarted" } });
  await until("the script after has run", () => written().at(-1) === "after unknown h7 told");
  expect(runs(Number(written("pid")[0]))).toBe(false);
  // And only once: the next start finds nothing left.
  await lab.stopAgents();
  lab.startAgent();
  expect(await backUp("h8", [], [hook("note")])).toMatchObject({ state: "succeeded" });
  expect(written().filter((line) => line.includes("h7"))).toHaveLength(1);
});
