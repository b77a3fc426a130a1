import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { FALL_BACK_STEPS, UPDATE_STEPS, type UpdateStep } from "~agent/update/steps";
import { agentBytes, makeRelease } from "~tests/support/agent-releases";
import { sampled } from "~tests/support/sampled";
import { until } from "~tests/support/until";
import { endsOf, QUICK, startUpdateLab, type UpdateLab } from "~tests/support/update-lab";

const stops = mkdtempSync(join(tmpdir(), "bbs-stops-"));

/** The machine loses its power where a file of the step's name lies: the agent and its launcher are gone at once. */
const MORTAL = {
  "agent/update/steps.ts": (source: string) => `import { existsSync, rmSync } from "node:fs";
${source.replace(
  "process.stderr.write(",
  `const stop = ${JSON.stringify(stops)} + "/" + step;
  if (existsSync(stop)) {
    rmSync(stop);
    if (process.argv.includes("serve")) process.kill(process.ppid, "SIGKILL");
    process.kill(process.pid, "SIGKILL");
  }
  process.stderr.write(`,
)}`,
};
const BROKEN = {
  "agent/commands/serve.ts": (source: string) =>
    source.replace(
      "const config = await",
      'if (Date.now() > 0) throw new Error("broken service");\nconst config = await',
    ),
};

/** By then the end may have been told. */
const AFTER_THE_END: readonly UpdateStep[] = ["forgetting", "cleaning"];

let lab: UpdateLab;
let good: Buffer;
let broken: Buffer;
beforeAll(async () => {
  lab = await startUpdateLab(MORTAL);
  good = await agentBytes({ version: "99.0.0", change: { ...QUICK, ...MORTAL } });
  broken = await agentBytes({ version: "99.0.0", change: { ...QUICK, ...MORTAL, ...BROKEN } });
});
afterEach(() => lab.stopAgents());
afterAll(async () => {
  await lab.stop();
  rmSync(stops, { recursive: true, force: true });
});

/** What runs now, and how many updates were tried; each goes to a higher version. */
let running = "";
let tried = 0;

const steps: { step: UpdateStep; fails: boolean }[] = [
  ...UPDATE_STEPS.map((step) => ({ step, fails: false })),
  ...FALL_BACK_STEPS.map((step) => ({ step, fails: true })),
  { step: "cleaning", fails: true },
];

it.each(sampled(steps, 6))(
  "killed at $step (new version broken: $fails): one version runs, and the job has one end that says which",
  async ({ step, fails }) => {
    const version = `99.0.${++tried}`;
    const jobId = `k${tried}`;
    const launcher = lab.startLauncher();
    const before = lab.server.polls.length;
    await until("it polls", () => lab.server.polls.length > before + 1);
    running = lab.server.polls.at(-1)?.machine.agentVersion ?? "";
    const bytes = Buffer.from(
      (fails ? broken : good).toString("latin1").replaceAll("99.0.0", version),
      "latin1",
    );
    writeFileSync(join(stops, step), "");
    lab.offer(jobId, makeRelease(lab.maker, version, bytes));
    await until(`${step} is reached`, () => {
      const [early] = AFTER_THE_END.includes(step) ? [] : endsOf(lab, jobId);
      if (early) throw new Error(`it ended before: ${early}\n${lab.printed()}`);
      return launcher.signalCode === "SIGKILL" && !existsSync(join(stops, step));
    });
    // The service manager, or the machine's next start.
    lab.startLauncher();
    const end = await lab.server.end(jobId);
    expect(["succeeded", "failed agent-restarted", "failed update-crashed"]).toContain(endsOf(lab, jobId)[0]);
    expect(endsOf(lab, jobId)).toHaveLength(1);
    const now = await whatRuns();
    expect(now).toBe(end.state === "succeeded" ? version : running);
    await until("all is tidy", () => lab.versions().length <= 1 && (lab.current()?.confirmed ?? true));
  },
);

async function whatRuns(): Promise<string> {
  const before = lab.server.polls.length;
  await until("it polls", () => lab.server.polls.length > before);
  return lab.server.polls.at(-1)?.machine.agentVersion ?? "";
}
