import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import type { Schedule, Timing } from "~/domain/schedule";
import { startDueBackups } from "~/server/backups/start-due-backups";
import { ensureStorageNode } from "~/server/clients/ensure-storage-node";
import type { Ctx } from "~/server/context";
import { schema } from "~/server/db";
import { clients } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { expireLeases } from "~/server/jobs/expire-leases";
import { handOutJobs } from "~/server/jobs/hand-out-jobs";
import { takeReport } from "~/server/jobs/take-report";
import { pauseSchedule, resumeSchedule } from "~/server/schedules/pause-schedule";
import { pollBody, reportBody } from "./agent-world";
import { type TestDatabase, testDatabase } from "./database";
import { type ScheduledMachine, scheduledFleet } from "./scheduled-fleet";
import { type SeededRandom, seededRandom } from "./seeded-random";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The clocks of Europe go back on the 25th, those of America on 1 November. */
export const FORTNIGHT_START = new Date("2026-10-20T00:00:00Z");
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
];
/** After so many minutes another try is surely let begin, whatever its own spread: by how often it was tried. */
const TRY_AFTER_MINUTES = [0, 25, 45, 90];

export interface FortnightSettings {
  seed: number;
  clients: number;
  days: number;
  /** Longest pause between two looks of the simulated worker. */
  stepMinutes: number;
  /** So many machines speak to the real operations of the queue; the ends of the others are written in bulk. */
  realAgents: number;
}

export interface Fortnight {
  database: TestDatabase;
  machines: ScheduledMachine[];
  end: Date;
  /** Schedules that a person paused for a while, by their id. */
  pauses: Map<string, Pause>;
  /** What the simulation did on the way, to show that it did. */
  told: { ticks: number; crashes: number; backwards: number; absences: number; lostLeases: number };
}

/** `lookedAt`: when the worker looked last before it. `to` null: it lasted to the end. */
export interface Pause {
  lookedAt: Date;
  from: Date;
  to: Date | null;
}

/** A fleet over some simulated days: one worker that crashes, is away and has a clock that jumps; machines that come and go. */
export async function liveThrough(settings: FortnightSettings): Promise<Fortnight> {
  const database = await testDatabase();
  await ensureStorageNode(database.workerCtx(FORTNIGHT_START));
  const random = seededRandom(settings.seed);
  const wanted = Array.from({ length: settings.clients }, () => ({
    schedule: anySchedule(random),
    twoRepositories: random.chance(0.15),
  }));
  const machines = await scheduledFleet(database.pool.db, FORTNIGHT_START, wanted);
  const away = machines.map(() => awaySpells(random, settings.days));
  const fleet = new Fleet(database, machines, away, settings);
  const pauses = new Map<string, Pause>();
  const wishes = pauseWishes(settings, machines);
  const told = { ticks: 0, crashes: 0, backwards: 0, absences: 0, lostLeases: 0 };
  const end = new Date(FORTNIGHT_START.getTime() + settings.days * DAY);
  let now = FORTNIGHT_START;
  while (now < end) {
    const step = random.chance(0.02)
      ? (random.below(20) + 1) * HOUR
      : (random.below(settings.stepMinutes) + 1) * MINUTE;
    if (step > settings.stepMinutes * MINUTE) told.absences++;
    const lookedAt = now;
    now = new Date(Math.min(end.getTime(), now.getTime() + step));
    await pauseAndResume(database.workerCtx(now), wishes, { pauses, lookedAt });
    if (random.chance(0.08)) {
      await crash(database, now, random.below(14));
      told.crashes++;
    }
    if (random.chance(0.06)) {
      await startDueBackups(database.workerCtx(new Date(now.getTime() - random.below(6) * HOUR)));
      told.backwards++;
    }
    await fleet.speak(now);
    await Promise.all(
      Array.from({ length: random.chance(0.1) ? 2 : 1 }, () => startDueBackups(database.workerCtx(now))),
    );
    told.ticks++;
    await fleet.work(now);
    told.lostLeases += await expireLeases(database.workerCtx(now));
  }
  // Two workers at once may have left rows to one another.
  await startDueBackups(database.workerCtx(end));
  return { database, machines, end, pauses, told };
}

interface PauseWish {
  machine: ScheduledMachine;
  from: number;
  to: number;
}

/** One in eight is paused for hours or days, drawn apart from everything else. */
function pauseWishes(settings: FortnightSettings, machines: readonly ScheduledMachine[]): PauseWish[] {
  const random = seededRandom(settings.seed + 77);
  return machines
    .filter(({ schedule }) => schedule.timing.kind !== "available" && random.chance(0.125))
    .map((machine) => {
      const from = FORTNIGHT_START.getTime() + random.below(settings.days * 20) * HOUR;
      return { machine, from, to: from + (random.below(72) + 1) * HOUR };
    });
}

/** Through the operations that the console calls, when a wish's time has come. */
async function pauseAndResume(
  ctx: Ctx,
  wishes: readonly PauseWish[],
  { pauses, lookedAt }: { pauses: Map<string, Pause>; lookedAt: Date },
): Promise<void> {
  for (const { machine, from, to } of wishes) {
    const { scheduleId, clientId, planId } = machine;
    const target = { purpose: "backup" as const, clientId, planId };
    const pause = pauses.get(scheduleId);
    if (!pause && from <= ctx.now.getTime()) {
      await pauseSchedule(ctx, target, planId);
      pauses.set(scheduleId, { lookedAt, from: ctx.now, to: null });
    } else if (pause && pause.to === null && to <= ctx.now.getTime()) {
      await resumeSchedule(ctx, target, planId);
      pauses.set(scheduleId, { ...pause, to: ctx.now });
    }
  }
}

/** A worker that dies before its n-th statement: what it did not commit never was. */
async function crash(database: TestDatabase, now: Date, afterStatements: number): Promise<void> {
  let left = afterStatements;
  const logger = {
    logQuery: () => {
      if (left-- <= 0) throw new Died();
    },
  };
  const db = drizzle(database.pool.sql, { schema, logger });
  await startDueBackups({ ...database.workerCtx(now), db }).catch((problem: unknown) => {
    if (!(problem instanceof Died || (problem instanceof Error && problem.cause instanceof Died)))
      throw problem;
  });
}

class Died extends Error {}

type Spell = { from: number; to: number };

function awaySpells(random: SeededRandom, days: number): Spell[] {
  return Array.from({ length: random.below(4) }, () => {
    const from = FORTNIGHT_START.getTime() + random.below(days * 24) * HOUR;
    return { from, to: from + (random.below(70) + 1) * HOUR };
  });
}

function anySchedule(random: SeededRandom): Schedule {
  const any = <T>(...choices: T[]) => random.pick(choices);
  const time = () => `${String(random.below(24)).padStart(2, "0")}:${any("00", "10", "30", "45")}`;
  const times = Array.from({ length: any(1, 1, 2) }, time);
  const weekdays = [1, 2, 3, 4, 5, 6, 7].filter(() => random.chance(0.5));
  const timing: Timing = any<() => Timing>(
    () => ({ kind: "minutes", every: any(60, 95, 240) }),
    () => ({ kind: "hours", every: any(1, 4, 6, 7), minute: random.below(60) }),
    () => ({ kind: "daily", times }),
    () => ({ kind: "daily", times: ["02:30"] }),
    () => ({ kind: "weekly", weekdays: weekdays.length > 0 ? weekdays : [7], times }),
    () => ({
      kind: "monthly",
      days: [22, 28, 31],
      lastDay: random.chance(0.5),
      nth: [{ nth: 1, weekday: 7 }],
      times,
    }),
    () => ({ kind: "days", every: any(2, 3, 5), times }),
    () => ({ kind: "cron", expression: any("30 1,2 * * *", "15 */3 * * 1-5", "0 4 25 * sun") }),
    () => ({ kind: "available", everyHours: any(6, 20, 24), onMains: true, notMetered: random.chance(0.5) }),
  )();
  const blackout = { weekdays: [1, 2, 3, 4, 5], from: any("07:00", "22:00"), to: any("18:00", "03:30") };
  return {
    timing,
    zone: random.pick(ZONES),
    spreadMinutes: any(0, 0, 15, 120),
    blackouts: random.chance(0.25) ? [blackout] : [],
    startWithinMinutes: any(null, null, 60, 360, 1440),
  };
}

/** How one job will go, by what it is for and not by its id, so that the same seed does the same. */
interface Fate {
  minutes: number;
  end: "succeeded" | "failed" | "lost";
}

type Unfinished = typeof jobs.$inferSelect;

class Fleet {
  /** Jobs that machines hold, by id. */
  readonly #held = new Map<string, { lease: number; endsAt: number; end: Fate["end"] }>();
  readonly #indexOf: Map<string, number>;

  constructor(
    private readonly database: TestDatabase,
    private readonly machines: readonly ScheduledMachine[],
    private readonly away: readonly (readonly Spell[])[],
    private readonly settings: FortnightSettings,
  ) {
    this.#indexOf = new Map(machines.map(({ clientId }, index) => [clientId, index]));
  }

  /** Machines that are there are known to be. */
  async speak(now: Date): Promise<void> {
    const there = this.machines
      .filter((_, index) => this.#isThere(index, now))
      .map(({ clientId }) => clientId);
    await this.database.pool.db.update(clients).set({ lastSeenAt: now }).where(inArray(clients.id, there));
  }

  /** Machines take what waits for them, work on it and report its end. */
  async work(now: Date): Promise<void> {
    const unfinished = await this.database.pool.db
      .select()
      .from(jobs)
      .where(and(isNull(jobs.endedAt), eq(jobs.kind, "backup")))
      .orderBy(asc(jobs.clientId), asc(jobs.repositoryId), asc(jobs.createdAt));
    const here = unfinished.filter(({ clientId }) => this.#isThere(this.#indexOf.get(clientId) ?? 0, now));
    const isReal = (job: Unfinished) => (this.#indexOf.get(job.clientId) ?? 0) < this.settings.realAgents;
    await this.#workInBulk(
      here.filter((job) => !isReal(job)),
      now,
    );
    const byClient = new Map<string, Unfinished[]>();
    for (const job of here.filter(isReal))
      byClient.set(job.clientId, [...(byClient.get(job.clientId) ?? []), job]);
    for (const [clientId, own] of byClient) await this.#workReally(clientId, own, now);
  }

  #isThere(index: number, now: Date): boolean {
    return !(this.away[index] ?? []).some(({ from, to }) => from <= now.getTime() && now.getTime() < to);
  }

  #fateOf(job: Unfinished): Fate {
    const key = `${this.settings.seed} ${job.planId} ${job.repositoryId} ${job.dueAt?.getTime()} ${job.tries}`;
    const random = seededRandom(
      [...key].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), 7),
    );
    const minutes = random.chance(0.05) ? 600 + random.below(1800) : 2 + random.below(120);
    return { minutes, end: random.chance(0.05) ? "lost" : random.chance(0.1) ? "failed" : "succeeded" };
  }

  #mayBegin(job: Unfinished, now: Date): boolean {
    if (job.tries === 0) return job.notBefore === null || job.notBefore <= now;
    return now.getTime() >= job.createdAt.getTime() + (TRY_AFTER_MINUTES[job.tries] ?? 0) * MINUTE;
  }

  async #workInBulk(own: readonly Unfinished[], now: Date): Promise<void> {
    const { db } = this.database.pool;
    const begin: string[] = [];
    const ends = { succeeded: [] as string[], failed: [] as string[], lost: [] as string[] };
    for (const job of own) {
      const held = this.#held.get(job.id);
      if (held && held.endsAt <= now.getTime()) ends[held.end].push(job.id);
      if (held || !this.#mayBegin(job, now)) continue;
      const { minutes, end } = this.#fateOf(job);
      this.#held.set(job.id, { lease: 1, endsAt: now.getTime() + minutes * MINUTE, end });
      begin.push(job.id);
    }
    const far = new Date(now.getTime() + 1000 * DAY);
    const running = { state: "running", lease: 1, leaseExpiresAt: far, startedAt: now } as const;
    if (begin.length > 0) await db.update(jobs).set(running).where(inArray(jobs.id, begin));
    for (const state of ["succeeded", "failed"] as const) {
      if (ends[state].length > 0)
        await db.update(jobs).set({ state, endedAt: now }).where(inArray(jobs.id, ends[state]));
    }
    // Silent since just now: the lease has run out when the worker looks.
    const silent = { leaseExpiresAt: new Date(now.getTime() - 1) };
    if (ends.lost.length > 0) await db.update(jobs).set(silent).where(inArray(jobs.id, ends.lost));
  }

  async #workReally(clientId: string, own: readonly Unfinished[], now: Date): Promise<void> {
    const ctx = {
      ...this.database.agentCtx(clientId, now),
      actor: this.database.agentCtx(clientId).actor,
    } as Parameters<typeof takeReport>[0];
    for (const job of own) {
      const held = this.#held.get(job.id);
      if (!held || (held.endsAt <= now.getTime() && held.end === "lost")) continue;
      const over = held.endsAt <= now.getTime();
      const report = reportBody({
        lease: held.lease,
        state: over && held.end !== "lost" ? held.end : "running",
      });
      await takeReport(ctx, { jobId: job.id, report }).catch(() => this.#held.delete(job.id));
    }
    const waiting = own.filter((job) => !this.#held.has(job.id));
    if (waiting.length === 0 || !waiting.every((job) => this.#mayBegin(job, now))) return;
    const holding = own.flatMap((job) => {
      const held = this.#held.get(job.id);
      const silent = held && held.end === "lost" && held.endsAt <= now.getTime();
      return held && !silent ? [{ jobId: job.id, lease: held.lease }] : [];
    });
    const { handedOut } = await handOutJobs(ctx, {
      poll: pollBody({ holding }),
      look: "first",
      prepare: async (_, job) => ({ id: job.id, lease: job.lease }),
    });
    for (const { id, lease } of handedOut) {
      const job = waiting.find((one) => one.id === id);
      if (!job) continue;
      const { minutes, end } = this.#fateOf(job);
      this.#held.set(id, { lease, endsAt: now.getTime() + minutes * MINUTE, end });
      await takeReport(ctx, { jobId: id, report: reportBody({ lease, state: "running" }) });
    }
  }
}
