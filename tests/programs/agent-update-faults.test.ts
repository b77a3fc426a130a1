import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { AgentBuild } from "~tests/support/agent-builds";
import { sampled } from "~tests/support/sampled";
import { until } from "~tests/support/until";
import { endsOf, OLD, startUpdateLab, type UpdateLab } from "~tests/support/update-lab";

let lab: UpdateLab;
afterEach(() => lab.stop());

type Fault = NonNullable<AgentBuild["change"]>;
const at = (file: string, into: (source: string) => string): Fault => ({ [file]: into });
/** Puts a line at the beginning of a function. */
const first = (file: string, opening: string, line: string): Fault =>
  at(file, (source) => source.replace(opening, `${opening}\n${line}`));

const inProof = (line: string) =>
  first(
    "agent/commands/prove.ts",
    "export async function prove(folder: AgentFolder): Promise<string> {",
    line,
  );
const inService = (line: string) =>
  first(
    "agent/commands/serve.ts",
    "export async function serve(folder: AgentFolder, ownFile: string): Promise<number> {",
    line,
  );
const FOR_EVER = "await new Promise(() => setInterval(() => undefined, 1000));";
const EATS = `const eaten: Buffer[] = []; await new Promise(() => setInterval(() => eaten.push(Buffer.alloc(20 * 1024 ** 2, 1)), 20));`;
const LOSES = `await import("node:fs/promises").then(({ rm }) => rm(folder.config));`;

/** Who waits for what never comes waits less. */
const SOON = at("agent/launcher/limits.ts", (source) =>
  source
    .replace("confirmSeconds: 120", "confirmSeconds: 6")
    .replace("proveSeconds: 180", "proveSeconds: 12")
    .replace("restartMs: 5000", "restartMs: 200"),
);

/** What is wrong with the new version, and what is told of it. `on`: found on probation, or when it ran already. */
const FAULTS: [what: string, fault: Fault, code: string, words: RegExp][] = [
  [
    "crashes at once",
    at("agent/main.ts", (source) =>
      source.replace("main(process.argv", 'throw new Error("no start");\nmain(process.argv'),
    ),
    "update-crashed",
    /no start/,
  ],
  ["hangs on probation", inProof(FOR_EVER), "update-hung", /did not prove itself within 12 seconds/],
  ["eats memory on probation", inProof(EATS), "update-out-of-memory", /more than 200 MiB/],
  [
    "polls but cannot run borg",
    at("src/borg/run.ts", (source) =>
      source.replace("spawn(run.command, run.args,", 'spawn(run.command, ["--none"],'),
    ),
    "update-unhealthy",
    /borg run/,
  ],
  ["loses its config on probation", inProof(LOSES), "update-unhealthy", /not enrolled/],
  [
    "says that it is another version",
    first(
      "agent/commands/prove.ts",
      "const findings = [...(await examine(folder)), await askServer(folder), await tryBorg(folder)];",
      'return JSON.stringify({ version: "1.2.3", findings });',
    ),
    "update-unhealthy",
    /says that it is 1\.2\.3/,
  ],
  [
    "crashes as a service",
    inService('throw new Error("broken service");'),
    "update-crashed",
    /broken service/,
  ],
  ["hangs as a service", inService(FOR_EVER), "update-hung", /no answer of the server in 6 seconds/],
  ["eats memory as a service", inService(EATS), "update-out-of-memory", /more than 200 MiB/],
  ["loses its config as a service", inService(LOSES), "update-crashed", /not enrolled/],
];

it.each(sampled(FAULTS, 5))(
  "a version that %s is undone, and the old one tells why and works on",
  async (_, fault, code, words) => {
    lab = await startUpdateLab(code === "update-hung" ? SOON : {});
    const config = readFileSync(join(lab.dir, "config.json"), "utf8");
    lab.startLauncher();
    await until("it polls", () => lab.server.polls.length > 0);
    await lab.offerBuild("bad", fault);
    const end = await lab.settled("bad", OLD);
    expect(end).toMatchObject({ state: "failed", problem: { code } });
    expect(end.problem?.say).toMatch(words);
    await until("nothing of it is left", () => lab.versions().length === 0);
    expect(lab.current()).toBeNull();
    expect(endsOf(lab, "bad")).toEqual([`failed ${code}`]);
    expect(readFileSync(join(lab.dir, "config.json"), "utf8")).toBe(config);
    for (const name of ["update.json", "fallen-back.json", "before-update"]) {
      expect(existsSync(join(lab.dir, "state", name)), name).toBe(false);
    }
  },
);
