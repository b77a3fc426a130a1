import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type PollRequest, PROTOCOL_VERSION } from "~/protocol/v1";
import { newId } from "~/server/db/new-id";
import { hashToken, newToken } from "~/server/token";
import { jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { startClientMachine } from "../support/client-machine";
import { askDatabase } from "../support/open-repository";
import { type RealStack, startRealStack } from "../support/real-stack";
import { descendants } from "../support/real-stack-processes";
import { until } from "../support/until";
import { type Figure, percentile } from "./figure";
import { makeStampedBorg } from "./stamped-borg";

const AGENTS = 1000;
const IDLE_SECONDS = 20;
const RUNS = 10;

/** A fleet holding polls on one web process with the embedded database, and a job for one machine in it. */
export async function bench(): Promise<Figure[]> {
  const work = mkdtempSync(join(tmpdir(), "bbs-bench-fleet-"));
  mkdirSync(join(work, "files"));
  writeFileSync(join(work, "files/file"), "content\n");
  const stack = await startRealStack();
  const borg = makeStampedBorg(work);
  const machine = await startClientMachine(stack, { policy: { borg: borg.program } });
  const ended = new AbortController();
  try {
    const repositoryId = await makeRepository(stack.bbs, machine.clientId);
    const sources = [join(work, "files")];
    const planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources });
    const bare = rssMegabytes(stack);
    const fleet = await enrolByScript(stack);
    const held = { now: 0 };
    for (const key of fleet) void pollForever(stack, key, held, ended.signal);
    await until(`${AGENTS} polls are held`, () => held.now === AGENTS, { seconds: 120 });
    // Past the first answers; every poll has been held for a while.
    await wait(5000);
    const before = { web: cpuSeconds(stack, "web"), postgres: cpuSeconds(stack, "postgres") };
    await wait(IDLE_SECONDS * 1000);
    const idle = (program: "web" | "postgres") =>
      ((cpuSeconds(stack, program) - before[program]) / IDLE_SECONDS) * 100;
    const [web, postgres, rss] = [idle("web"), idle("postgres"), rssMegabytes(stack)];

    const waits: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const pressed = Date.now();
      const { jobId } = await stack.bbs.plans.run.mutate({ id: planId });
      await jobEnded(stack.bbs, jobId);
      waits.push((borg.starts().at(-1) ?? Number.NaN) - pressed);
    }
    const how = `${AGENTS} bare pollers, ${IDLE_SECONDS} s without jobs, /proc of the process`;
    return [
      { name: `web's CPU with ${AGENTS} held polls`, value: web, unit: "% of one core", bar: null, how },
      {
        name: `PostgreSQL's CPU with ${AGENTS} held polls`,
        value: postgres,
        unit: "% of one core",
        bar: null,
        how,
      },
      {
        name: `web's memory with ${AGENTS} held polls`,
        value: rss,
        unit: "MB",
        bar: null,
        how: `${how}; ${Math.round(bare)} MB before`,
      },
      {
        name: `Back up now to borg's start among ${AGENTS}, slowest`,
        value: percentile(waits, 100),
        unit: "ms",
        bar: 1000,
        how: `${RUNS} runs on a real agent beside the pollers`,
      },
    ];
  } finally {
    ended.abort();
    await machine.stop();
    await stack.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Rows as enrolling makes them, without a thousand key pairs. Gives the API keys. */
async function enrolByScript(stack: RealStack): Promise<string[]> {
  const fleet = Array.from({ length: AGENTS }, (_, index) => ({
    id: newId(),
    name: `fleet-${index}`,
    key: newToken("bbsa_"),
  }));
  // drizzle took over how this connection writes instants: as text only.
  const now = new Date().toISOString();
  await askDatabase(stack, async (sql) => {
    const clients = fleet.map(({ id, name }) => ({
      id,
      name,
      storage_node_id: "main",
      created_at: now,
      enrolled_at: now,
      provisioned_at: now,
    }));
    await sql`insert into clients ${sql(clients)}`;
    const keys = fleet.map(({ id, key }) => ({
      id: newId(),
      client_id: id,
      key_hash: hashToken(key),
      created_at: now,
    }));
    await sql`insert into agent_keys ${sql(keys)}`;
  });
  return fleet.map(({ key }) => key);
}

const agent = new Agent({ keepAlive: true, maxSockets: AGENTS + 10, rejectUnauthorized: false });
const ASK: PollRequest = {
  protocol: PROTOCOL_VERSION,
  machine: {
    hostname: "fleet",
    os: "bench",
    platform: "linux",
    arch: "x64",
    agentVersion: "0.1.0",
    borgVersion: "1.2.4",
    clockAheadMs: 0,
  },
  policy: { readPaths: ["/"], restoreFolder: "/restored", restorePaths: [], restoreToOriginal: false },
  freeLanes: ["backup", "restore"],
  holding: [],
  waitSeconds: 50,
};

/** Holds one poll after the other, as an agent without work does. */
async function pollForever(
  stack: RealStack,
  key: string,
  held: { now: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    held.now++;
    const status = await poll(stack.url, key, signal);
    held.now--;
    if (status !== 200 && !signal.aborted) await wait(1000);
  }
}

function poll(url: string, key: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "bbs-protocol": String(PROTOCOL_VERSION),
    };
    const asked = request(
      `${url}/api/agent/v1/poll`,
      { method: "POST", agent, headers, signal },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
        answer.once("error", () => resolve(0));
      },
    );
    asked.once("error", () => resolve(0));
    asked.end(JSON.stringify(ASK));
  });
}

/** User and system time of all processes of a program; the kernel counts hundredths. */
function cpuSeconds(stack: RealStack, program: "web" | "postgres"): number {
  // PostgreSQL works in children of the process that listens.
  const all = stack.pids(program).flatMap((pid) => [pid, ...descendants(pid)]);
  return all.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

function rssMegabytes(stack: RealStack): number {
  const [pid] = stack.pids("web");
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(found?.[1]) / 1024;
}
