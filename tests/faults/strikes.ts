import { setTimeout as wait } from "node:timers/promises";
import { killQuietly } from "../support/real-stack-processes";
import { until } from "../support/until";
import type { FaultLab } from "./lab";

/** What is ended by `kill -9`. `session`: the sshd of one session; `borg`: the machine's; `keeper-borg`: what the keeper runs. */
export const KILLED = [
  ...(["agent", "web", "worker", "keeper", "sshd", "postgres", "supervisor"] as const),
  ...(["session", "gate", "borg-serve", "borg", "keeper-borg"] as const),
] as const;
export type Killed = (typeof KILLED)[number];

/** What else happens to a server: its database is restarted, its disk is full, its clock jumps, the cable is out. */
export const ACCIDENTS = [
  ...(["postgres-restart", "disk-full", "clock-forward", "clock-back", "cut", "long-cut"] as const),
] as const;
export type Strike = Killed | (typeof ACCIDENTS)[number];

/** Seconds by which the clock jumps. */
const JUMP = 3600;

/**
 * Does it, and is back when what was ended runs again. Answers what makes it good afterwards, once the held job has been let go: the
 * accidents that last are ended there.
 */
export async function strike(lab: FaultLab, what: Strike): Promise<() => Promise<void>> {
  const { stack, machine, network } = lab;
  switch (what) {
    case "agent":
      await machine.killHard();
      machine.start();
      return settled;
    case "supervisor":
      await stack.restartHard();
      return () => serves(lab);
    case "borg":
      demand(machine.borgPids(), what);
      for (const pid of machine.borgPids()) killQuietly(pid);
      return settled;
    case "postgres":
    case "keeper":
      await stack.killHard(what);
      return () => serves(lab);
    case "session":
      await stack.killHard("sshd-session");
      return settled;
    case "postgres-restart":
      return restartPostgres(lab);
    case "disk-full": {
      const disk = need(lab.disk, "disk");
      disk.fill();
      return async () => {
        await wait(5000);
        disk.free();
        await serves(lab);
      };
    }
    case "clock-forward":
    case "clock-back": {
      need(lab.clock, "clock").jump(what === "clock-forward" ? JUMP : -JUMP);
      return settled;
    }
    case "cut":
    case "long-cut":
      network.pull();
      return async () => {
        await wait(what === "cut" ? 8000 : 100_000);
        network.plugIn();
      };
    default:
      await stack.killHard(what);
      return settled;
  }
}

const settled = async () => undefined;

/** As an update of it does: sessions are cut, data is flushed, and it comes again. */
async function restartPostgres(lab: FaultLab): Promise<() => Promise<void>> {
  const { stack } = lab;
  const [postmaster] = stack.pids("postgres");
  if (postmaster === undefined) throw new Error("no PostgreSQL runs");
  process.kill(postmaster, "SIGINT");
  await until("a new PostgreSQL runs", () => {
    const now = stack.pids("postgres");
    return now.length > 0 && !now.includes(postmaster);
  });
  return () => serves(lab);
}

/** The API answers from its database, and so do the database and the keeper to us. */
async function serves({ stack, pool, keeper }: FaultLab): Promise<void> {
  const asked = async () => {
    await stack.bbs.jobs.list.query({ limit: 1 });
    await pool.sql`select 1`;
    await keeper("list-sessions", { fromSequence: 0, limit: 1 });
    return true;
  };
  await until("the server works again", () => asked().catch(() => false), { seconds: 60 });
}

function demand(pids: readonly number[], what: string): void {
  if (pids.length === 0) throw new Error(`no ${what} runs`);
}

function need<T>(part: T | null, name: string): T {
  if (part === null) throw new Error(`this lab has no ${name} of its own`);
  return part;
}
