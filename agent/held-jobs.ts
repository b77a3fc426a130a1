import { type JobOrder, PROTOCOL_VERSION, type Progress } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { AgentProblem } from "./agent-problem";
import { pause } from "./backoff";
import { knownBorgs, usableBorg } from "./borg-program";
import { JobReporter } from "./job-reporter";
import { freeLanesBeside } from "./lanes";
import { isLook, look } from "./looks/look";
import { readPolicy } from "./policy";
import { processIdentity } from "./process-identity";
import type { ResultCourier } from "./result-courier";
import type { StoredResult } from "./result-store";
import { acceptedJob, forgetRunning, type RunningJob, recordRunning } from "./running-jobs";
import type { ServerLink } from "./server-link";
import { backup } from "./tasks/backup";
import { restore } from "./tasks/restore";
import type { LookContext, TaskContext, TaskEnd } from "./tasks/task";
import { type ReadyUpdate, updateAgent } from "./tasks/update-agent";
import { handOver } from "./update/hand-over";
import type { UpdateGround } from "./update/update-ground";

/** How often an update that waits looks whether the agent is idle. */
const IDLE_LOOK_MS = 100;

/** Why a running job is stopped. `taken-away`: its lease is not ours any more, so nothing is reported. */
type StopReason = "cancelled" | "agent-stops" | "taken-away";

type Held = {
  order: Pick<JobOrder, "jobId" | "lease" | "kind">;
  stop: AbortController;
  why: StopReason | null;
  progress: Progress["phase"] | null;
  done: Promise<void>;
};

/**
 * The jobs this agent works on, as many as its lanes have places. `onChange` fires when a lane became free or a job began, `onHandOver` when
 * another version of the agent is to go on: nothing is held any more then.
 */
export class HeldJobs {
  readonly #folder: AgentFolder;
  readonly #link: ServerLink;
  readonly #courier: ResultCourier;
  readonly #note: (text: string) => void;
  readonly #onChange: () => void;
  readonly #onHandOver: () => void;
  readonly #ground: UpdateGround;
  readonly #held = new Map<string, Held>();
  #closing = false;
  #clearing = false;
  /** A new version is ready and waits until nothing runs. */
  #awaitsIdle = false;
  #pending: { jobId: string; lease: number } | null = null;

  constructor(
    parts: { folder: AgentFolder; link: ServerLink; courier: ResultCourier; ground: UpdateGround },
    on: { note: (text: string) => void; change: () => void; handOver: () => void },
  ) {
    this.#folder = parts.folder;
    this.#link = parts.link;
    this.#courier = parts.courier;
    this.#ground = parts.ground;
    this.#note = on.note;
    this.#onChange = on.change;
    this.#onHandOver = on.handOver;
  }

  freeLanes(): ReturnType<typeof freeLanesBeside> {
    if (this.#closing) return [];
    const kinds = [...this.#held.values()].map(({ order }) => order.kind);
    const free = freeLanesBeside(kinds);
    // Folders can still be looked at during a backup of hours; then the looks are left to end as well.
    if (this.#awaitsIdle) return kinds.some(isLong) ? free.filter((lane) => lane === "look") : [];
    return this.#clearing ? free.filter((lane) => lane !== "backup") : free;
  }

  /** No backup begins until an earlier one's scripts and containers are back in order. */
  clearUpFirst(work: Promise<void>): void {
    this.#clearing = true;
    void work
      .catch((error: unknown) =>
        this.#note(`Clearing up failed: ${error instanceof Error ? error.stack : error}`),
      )
      .finally(() => {
        this.#clearing = false;
        this.#onChange();
      });
  }

  /** The job of an update that this version has to bring to its end; null: there is none. */
  holdUpdate(pending: { jobId: string; lease: number } | null): void {
    this.#pending = pending;
  }

  holding(): { jobId: string; lease: number }[] {
    const running = [...this.#held.values()].map(({ order }) => ({ jobId: order.jobId, lease: order.lease }));
    if (this.#pending !== null) running.push({ jobId: this.#pending.jobId, lease: this.#pending.lease });
    const ids = new Set(running.map(({ jobId }) => jobId));
    return [...running, ...this.#courier.holding().filter(({ jobId }) => !ids.has(jobId))].slice(0, 50);
  }

  /** For `bbs-agent status`. */
  describe(): { jobId: string; kind: string; phase: string | null }[] {
    return [...this.#held.values()].map(({ order, progress }) => ({
      jobId: order.jobId,
      kind: order.kind,
      phase: progress,
    }));
  }

  /** Begins a job. The same order twice is one job; a newer lease replaces the older one once that has ended. */
  async take(order: JobOrder): Promise<void> {
    const same = this.#held.get(order.jobId);
    if (same) {
      if (same.order.lease >= order.lease) return;
      this.#stop(same, "taken-away");
      await same.done;
    }
    await this.#courier.drop(order.jobId);
    if (this.#closing) return;
    const held: Held = {
      order: { jobId: order.jobId, lease: order.lease, kind: order.kind },
      stop: new AbortController(),
      why: null,
      progress: null,
      done: Promise.resolve(),
    };
    this.#held.set(order.jobId, held);
    held.done = this.#work(order, held).finally(() => {
      this.#held.delete(order.jobId);
      this.#onChange();
    });
    this.#onChange();
  }

  cancel(jobId: string): void {
    const held = this.#held.get(jobId);
    if (held) this.#stop(held, "cancelled");
  }

  /** Ends every job; resolves when no borg runs any more and each result is on disk. */
  async close(): Promise<void> {
    this.#closing = true;
    const all = [...this.#held.values()];
    for (const held of all) this.#stop(held, "agent-stops");
    await Promise.all(all.map(({ done }) => done));
  }

  #stop(held: Held, why: StopReason): void {
    held.why ??= why;
    held.stop.abort();
  }

  async #work(order: JobOrder, held: Held): Promise<void> {
    const record = acceptedJob(order, new Date());
    await recordRunning(this.#folder, record);
    this.#note(`Job ${order.jobId} (${order.kind}) begins.`);
    const reporter = new JobReporter(record, this.#link, {
      onCancel: () => this.#stop(held, "cancelled"),
      onGone: (say) => {
        this.#note(`Job ${order.jobId} is not ours any more: ${say}`);
        this.#stop(held, "taken-away");
      },
    });
    const end = await this.#run(order, held, record, reporter);
    const settled = await reporter.settle();
    const last = end.state === "ready" ? await this.#handOver(order, end, settled) : end;
    if (last !== null) {
      const { log, progress, startedAt } = settled;
      this.#note(`Job ${order.jobId} (${order.kind}) ended: ${held.why ?? last.state}.`);
      if (held.why !== "taken-away") {
        await this.#courier.keep({
          jobId: order.jobId,
          report: {
            protocol: PROTOCOL_VERSION,
            lease: order.lease,
            startedAt,
            progress,
            ...finalWords(last, held.why),
          },
          log,
        });
      }
    }
    await forgetRunning(this.#folder, order.jobId);
    if (last === null) this.#onHandOver();
  }

  /** Null: the next version has the job. Where that could not be recorded, this one goes on and says why. */
  async #handOver(
    { jobId, lease }: JobOrder,
    { update }: ReadyUpdate,
    { log, startedAt }: Awaited<ReturnType<JobReporter["settle"]>>,
  ): Promise<TaskEnd | null> {
    try {
      const borgs = knownBorgs();
      const pending = { jobId, lease, ...update, borgs, ...(startedAt ? { startedAt } : {}), log };
      await handOver(this.#folder, this.#ground, pending);
      this.#note(`${update.to} takes over.`);
      return null;
    } catch (error) {
      this.#closing = false;
      this.#awaitsIdle = false;
      const say = `The new version could not be recorded: ${error instanceof Error ? error.message : error}. The one that runs goes on.`;
      return { state: "failed", problem: { code: "update-impossible", say } };
    }
  }

  /** True as soon as only this update is held and nothing has to be put back in order; from then on nothing is taken. */
  async #untilIdle(signal: AbortSignal): Promise<boolean> {
    this.#awaitsIdle = true;
    this.#onChange();
    while (!signal.aborted) {
      if (this.#held.size === 1 && !this.#clearing) {
        this.#closing = true;
        return true;
      }
      await pause(IDLE_LOOK_MS, signal);
    }
    this.#awaitsIdle = false;
    this.#onChange();
    return false;
  }

  async #run(
    order: JobOrder,
    held: Held,
    record: RunningJob,
    reporter: JobReporter,
  ): Promise<TaskEnd | ReadyUpdate> {
    let recording = Promise.resolve();
    const started = (pid: number) => {
      const at = record.startedAt ?? new Date().toISOString();
      record.startedAt = at;
      reporter.started(at);
      recording = recording.then(async () => {
        const identity = await processIdentity(pid);
        if (identity === null) return;
        record.process = { pid, identity };
        await recordRunning(this.#folder, record);
      });
    };
    try {
      const policy = await readPolicy(this.#folder);
      const forLook: LookContext = {
        folder: this.#folder,
        policy,
        signal: held.stop.signal,
        log: (level, message) => reporter.log(level, message),
        progress: (progress) => {
          held.progress = progress.phase;
          reporter.progress(progress);
        },
        started,
      };
      if (isLook(order)) return await look(order, forLook);
      if (order.kind === "update-agent") {
        if ([...this.#held.values()].filter((one) => one.order.kind === "update-agent").length > 1) {
          throw new AgentProblem("update-impossible", "Another update of this agent is under way.");
        }
        const untilIdle = (signal: AbortSignal) => this.#untilIdle(signal);
        return await updateAgent(order, { ...forLook, link: this.#link, ground: this.#ground, untilIdle });
      }
      const context: TaskContext = { ...forLook, borg: await usableBorg(policy.policy) };
      return order.kind === "backup" ? await backup(order, context) : await restore(order, context);
    } catch (error) {
      if (error instanceof AgentProblem) {
        if (error.code === "cancelled") return { state: "stopped", say: "Nothing was done yet." };
        return { state: "failed", problem: { code: error.code, say: error.say } };
      }
      // The edge: our own bug or a broken machine. The whole of it goes to the service's log, its words to the console.
      this.#note(`Job ${order.jobId}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      const say = `The agent failed: ${error instanceof Error ? error.message : error}. Its log on the machine says more.`;
      return { state: "failed", problem: { code: "agent-fault", say } };
    } finally {
      await recording;
    }
  }
}

function isLong(kind: JobOrder["kind"]): boolean {
  return kind === "backup" || kind === "restore";
}

type FinalWords = Pick<StoredResult["report"], "state" | "result" | "problem">;

function finalWords(end: TaskEnd, why: StopReason | null): FinalWords {
  if (end.state !== "stopped") {
    return {
      state: end.state,
      result: end.result,
      problem: end.state === "failed" ? problemOf(end) : undefined,
    };
  }
  if (why === "cancelled") {
    const say = `Cancelled; borg has ended on the machine. ${end.say}`;
    return { state: "cancelled", result: end.result, problem: { code: "cancelled", say } };
  }
  const say = `The agent was stopped on the machine (restart or shutdown), so it ended borg. ${end.say} Run the job again.`;
  return { state: "failed", result: end.result, problem: { code: "agent-restarted", say } };
}

function problemOf(end: Extract<TaskEnd, { state: "failed" }>) {
  return { code: end.problem.code, say: end.problem.say.slice(0, 2000) };
}
