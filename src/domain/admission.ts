import { borgTrouble, sayBorgTrouble } from "./borg-usable";
import type { AgentJobKind, AgentLane, JobKind } from "./job";
import { WRITING_KINDS } from "./job";
import type { JobProblem } from "./job-payload";
import { sayQuarantined } from "./quarantine-words";

/** A job that waits for its machine. */
export interface WaitingJob {
  id: string;
  kind: AgentJobKind;
  lane: AgentLane;
  /** Null: it only looks at the machine. */
  repository: { id: string; state: "creating" | "ready" | "failed"; problem: string | null } | null;
}

/** What the machine can do now, and what is going on in its repositories. */
export interface Situation {
  freeLanes: readonly AgentLane[];
  /** The keeper has made the account; without it SSH is refused. */
  provisioned: boolean;
  borgVersion: string | null;
  /** The name of a repository of this machine that is quarantined: the gate then lets the machine into none of its own, restores too. */
  quarantined: string | null;
  /** Repositories whose storage location takes no new backups, with the reason (domain/capacity). */
  shortOfRoom: ReadonlyMap<string, string>;
  /** Why the machine's repositories together take no more; null: they do, or it has no quota. */
  overQuota: string | null;
  /** Repositories in which somebody writes now. */
  busyRepositories: ReadonlySet<string>;
}

export type Verdict =
  | { kind: "hand-out" }
  /** It waits; by itself the reason will pass. */
  | { kind: "wait"; why: JobProblem }
  /** It waits for a person. */
  | { kind: "block"; why: JobProblem };

/**
 * Decides which waiting jobs a machine gets now, oldest first: one per free lane, one writer per repository (a restore may read
 * beside a writer), nothing that is bound to fail for a reason known here. Every job that is not handed out has a reason for the
 * person who waits for it. The database's own rule stands behind the one writer; this one keeps it from ever being hit.
 */
export function admit(
  waiting: readonly WaitingJob[],
  situation: Situation,
): { job: WaitingJob; verdict: Verdict }[] {
  const freeLanes = new Set(situation.freeLanes);
  const busy = new Set(situation.busyRepositories);
  return waiting.map((job) => {
    const verdict = judge(job, { ...situation, freeLanes: [...freeLanes], busyRepositories: busy });
    if (verdict.kind === "hand-out") {
      freeLanes.delete(job.lane);
      if (job.repository && isWriter(job.kind)) busy.add(job.repository.id);
    }
    return { job, verdict };
  });
}

/** Only what borg itself has to do needs borg. */
const WITHOUT_BORG: readonly AgentJobKind[] = ["browse-disk", "find-gaps", "update-agent"];

function judge(job: WaitingJob, situation: Situation): Verdict {
  const trouble = borgTrouble(situation.borgVersion);
  if (trouble && !WITHOUT_BORG.includes(job.kind)) {
    return { kind: "block", why: { code: trouble, say: sayBorgTrouble(trouble, situation.borgVersion) } };
  }
  return (job.repository && judgeRepository(job, job.repository, situation)) ?? judgeLane(job, situation);
}

function judgeRepository(
  job: WaitingJob,
  repository: NonNullable<WaitingJob["repository"]>,
  situation: Situation,
): Verdict | null {
  if (repository.state === "failed") {
    const reason = repository.problem ?? "unknown reason";
    return {
      kind: "block",
      why: { code: "repository-not-ready", say: `The repository could not be made: ${reason}` },
    };
  }
  if (situation.quarantined !== null) {
    const say = sayQuarantined(situation.quarantined, "this job starts by itself then.");
    return { kind: "block", why: { code: "repository-quarantined", say } };
  }
  if (!situation.provisioned) return wait("client-not-ready", "Waits until this machine's account is made.");
  if (repository.state === "creating")
    return wait("repository-not-ready", "Waits until its repository is made.");
  const short = situation.shortOfRoom.get(repository.id);
  if (job.kind === "backup" && short !== undefined) return wait("storage-short", short);
  if (job.kind === "backup" && situation.overQuota !== null)
    return wait("client-over-quota", situation.overQuota);
  if (isWriter(job.kind) && situation.busyRepositories.has(repository.id)) {
    return wait("repository-busy", "Waits until another job has finished writing to this repository.");
  }
  return null;
}

function judgeLane(job: WaitingJob, situation: Situation): Verdict {
  if (!situation.freeLanes.includes(job.lane)) {
    return wait("lane-busy", `Waits until this machine has finished another ${job.lane}.`);
  }
  return { kind: "hand-out" };
}

function wait(code: string, say: string): Verdict {
  return { kind: "wait", why: { code, say } };
}

export function isWriter(kind: JobKind): boolean {
  return (WRITING_KINDS as readonly JobKind[]).includes(kind);
}
