import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isEnded, JOB_KINDS, type JobKind } from "~/domain/job";
import { openPool } from "~/server/db";
import { isLocked } from "../support/open-repository";
import { commandLine, killQuietly } from "../support/real-stack-processes";
import { until } from "../support/until";
import type { FaultLab } from "./lab";

/**
 * The states of a job in which a fault may meet it. `ended`: the work is done, the word of it not yet stored. A worker takes a job and
 * begins it in one step, so its jobs are never assigned.
 */
export const MOMENTS = ["queued", "assigned", "running", "ended"] as const;
export type Moment = (typeof MOMENTS)[number];

/** A job that stands still in its moment until it is let go. */
export interface Held {
  jobId: string;
  /** Lets everything go on that still lives. Twice is once. */
  release(): Promise<void>;
}

/** How a job is asked for, to be held in this moment; answers its id. */
export type Ask = (moment: Moment) => Promise<string>;

/** No borg of theirs that could be caught: the agent itself works. */
const CAUGHT_BY_RECORD: readonly JobKind[] = ["browse-disk", "find-gaps", "update-agent"];

/** Looks into /proc as fast as it can: what is looked for lives for some tenths of a second. */
const AT_ONCE = { seconds: 30, everyMs: 1 };

/** Asks for a job and holds it in a moment. `serverBorg`: the keeper runs borg for it. Throws when the moment was missed. */
export async function holdAt(
  lab: FaultLab,
  moment: Moment,
  given: { kind: JobKind; serverBorg: boolean; ask: Ask },
): Promise<Held> {
  const hold = new Hold(lab);
  try {
    const byAgent = JOB_KINDS[given.kind].executor === "agent";
    const jobId = byAgent
      ? await holdAgentJob(lab, hold, moment, given)
      : await holdWorkerJob(lab, hold, moment, given);
    return { jobId, release: () => hold.release() };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

async function holdAgentJob(
  lab: FaultLab,
  hold: Hold,
  moment: Moment,
  { kind, ask }: { kind: JobKind; ask: Ask },
): Promise<string> {
  if (moment === "queued") {
    // Whoever would hand it out waits for the machine's row.
    await hold.lock("clients", lab.machine.clientId);
    return ask(moment);
  }
  if (moment === "running") {
    const jobId = await ask(moment);
    if (CAUGHT_BY_RECORD.includes(kind)) await freezeInLook(lab, hold, jobId);
    else await freezeClientBorg(lab, hold, kind);
    return jobId;
  }
  hold.freeze(lab.machine.pids());
  const jobId = await ask(moment);
  await until("the job is handed out", async () => (await stateOf(lab, jobId)) === "assigned");
  if (moment === "assigned") return jobId;
  await hold.lock("jobs", jobId);
  hold.thaw();
  const result = join(lab.machine.folder, "state/results", `${jobId}.json`);
  await until("the result is on the machine's disk", () => existsSync(result), { seconds: 60 });
  return jobId;
}

async function holdWorkerJob(
  lab: FaultLab,
  hold: Hold,
  moment: Moment,
  { serverBorg, ask }: { serverBorg: boolean; ask: Ask },
): Promise<string> {
  if (moment === "assigned") throw new Error("a worker's job is never assigned");
  if (moment === "queued") {
    hold.freeze(lab.stack.pids("worker"));
    return ask(moment);
  }
  const jobId = serverBorg
    ? await freezeServerBorg(lab, hold, () => ask(moment))
    : await freezeKeeper(lab, hold, () => ask(moment));
  if (moment === "running") return jobId;
  await hold.lock("jobs", jobId);
  hold.thaw();
  await until("the worker would write its end", () => hold.isWaitedFor("for update"), { seconds: 60 });
  return jobId;
}

async function freezeServerBorg(lab: FaultLab, hold: Hold, ask: () => Promise<string>): Promise<string> {
  const jobId = await ask();
  const isFrozen = async () => {
    if (!hold.freeze(lab.stack.pids("keeper-borg"))) return false;
    if ((await stateOf(lab, jobId)) === "running") return true;
    // The borg of what was before it.
    hold.thaw();
    return false;
  };
  await until("the keeper runs borg for it", isFrozen, AT_ONCE);
  return jobId;
}

/** Of kinds that only change the keeper's records: it is asked, and has not begun. */
async function freezeKeeper(lab: FaultLab, hold: Hold, ask: () => Promise<string>): Promise<string> {
  hold.freeze(lab.stack.pids("keeper"));
  const jobId = await ask();
  await until("the worker has begun", async () => (await stateOf(lab, jobId)) === "running");
  return jobId;
}

/** In the middle of a session: a backup holds the repository's lock by then. A dry run has no session. */
async function freezeClientBorg(lab: FaultLab, hold: Hold, kind: JobKind): Promise<void> {
  const { stack, machine, repositoryId } = lab;
  const inSession = () => {
    if (kind === "dry-run") return true;
    if (stack.pids("borg-serve").length === 0) return false;
    return kind !== "backup" || isLocked(stack, machine.clientId, repositoryId);
  };
  const borg = () => machine.borgPids().filter((pid) => /\0(create|extract)\0/.test(commandLine(pid)));
  await until("borg works on the machine", () => inSession() && hold.freeze(borg()), AT_ONCE);
}

/** The agent itself looks, for some milliseconds: caught as soon as its record is on disk. */
async function freezeInLook(lab: FaultLab, hold: Hold, jobId: string): Promise<void> {
  const [record, result] = ["running", "results"].map((name) =>
    join(lab.machine.folder, "state", name, `${jobId}.json`),
  );
  const pids = lab.machine.pids();
  for (const began = performance.now(); !existsSync(record ?? ""); await nextTurn()) {
    if (existsSync(result ?? "") || performance.now() - began > 10_000)
      throw new Error("the look was missed");
  }
  hold.freeze(pids);
}

async function stateOf(lab: FaultLab, jobId: string): Promise<string> {
  const [row] = await lab.pool.sql<{ state: JobKind }[]>`select state from jobs where id = ${jobId}`;
  const state: string = row?.state ?? "missing";
  if (isEnded(state as never)) throw new Error(`the moment was missed: the job is ${state}`);
  return state;
}

/** What stands still: processes, and rows that only we may change. */
class Hold {
  readonly #lab: FaultLab;
  readonly #frozen = new Set<number>();
  readonly #unlock: (() => Promise<void>)[] = [];

  constructor(lab: FaultLab) {
    this.#lab = lab;
  }

  /** False: there was nobody to freeze. */
  freeze(pids: readonly number[]): boolean {
    for (const pid of pids) {
      killQuietly(pid, "SIGSTOP");
      this.#frozen.add(pid);
    }
    return pids.length > 0;
  }

  thaw(): void {
    for (const pid of this.#frozen) killQuietly(pid, "SIGCONT");
    this.#frozen.clear();
  }

  /** Through a connection of its own, which a PostgreSQL that ends takes along. */
  async lock(table: "jobs" | "clients", id: string): Promise<void> {
    const socket = encodeURIComponent(join(this.#lab.stack.dataDir, "run/postgres"));
    const pool = openPool(`postgres://bbs_app@/bbs?host=${socket}`, { most: 1 });
    let unlock = () => {};
    const asked = new Promise<void>((resolve) => {
      unlock = resolve;
    });
    let over: Promise<void> = Promise.resolve();
    await new Promise<void>((resolve, reject) => {
      over = pool.sql
        .begin(async (sql) => {
          await sql`select 1 from ${sql(table)} where id = ${id} for no key update`;
          resolve();
          await asked;
        })
        // A PostgreSQL that ended has unlocked it as well.
        .then(() => undefined, reject)
        .finally(() => pool.end());
    });
    this.#unlock.push(async () => {
      unlock();
      await over;
    });
  }

  /**
   * Whether somebody waits for a row with a statement that ends so. Not necessarily for us: who comes after another waiter waits for that one.
   */
  async isWaitedFor(end: string): Promise<boolean> {
    const waiting = await this.#lab.pool.sql`
      select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike ${`%${end}`}`;
    return waiting.length > 0;
  }

  async release(): Promise<void> {
    for (const unlock of this.#unlock.splice(0)) await unlock();
    this.thaw();
  }
}
