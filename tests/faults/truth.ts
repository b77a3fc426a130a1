import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isEnded } from "~/domain/job";
import { passesByItself } from "~/domain/retry-policy";
import { backUp, type Job } from "../support/backup-story";
import { askBorg, isLocked } from "../support/open-repository";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import { ledgerOf, type Prepared } from "./story";

/** What may be wrong after a fault. `lost`: a job that never ends, or whose successor does not work. */
export interface Finding {
  kind: "lost job" | "stuck lock" | "wrong state";
  say: string;
}

/** A job that a fault met ends within this. */
const MOST_SECONDS = 120;

/** Collects what is wrong, in words; one thing that is wrong does not hide the next. */
export class Findings {
  readonly all: Finding[] = [];

  async none(kind: Finding["kind"], say: string, question: () => Promise<boolean> | boolean, seconds = 0) {
    try {
      if (seconds > 0) await until(say, question, { seconds, everyMs: 100 });
      else if (!(await question())) throw new Error(say);
    } catch (error) {
      this.all.push({ kind, say: error instanceof Error ? error.message : String(error) });
    }
  }
}

/**
 * What must hold after every fault: the job has ended, and what it says is what the disk and borg say; nothing holds a repository; the next
 * job of this machine works; every archive stands once in borg's list and in the keeper's ledger; no process is left.
 */
export async function findWrong(
  lab: FaultLab,
  given: { jobId: string } & Pick<Prepared, "isDone" | "again">,
): Promise<{ job: Job; findings: Finding[] }> {
  const { bbs } = lab.stack;
  const findings = new Findings();
  const read = () => bbs.jobs.get.query({ id: given.jobId });
  await findings.none("lost job", "the job ends", async () => isEnded((await read()).state), MOST_SECONDS);
  const job = await read();
  if (job.state === "succeeded" || job.state === "warned")
    await findings.none("wrong state", `${job.kind} ${job.state}, and has done it`, given.isDone);
  const { again } = given;
  if (job.state === "failed" && again)
    await findings.none("lost job", "asked again, it goes well", async () => {
      await again();
      return given.isDone();
    });
  await lookAtOtherTry(lab, job, findings);
  await findings.none("lost job", "nothing is left to do", () => isIdle(lab), 60);
  await lookAtRepositories(lab, findings);
  await lookForProcesses(lab, findings);

  const next = await backUp(bbs, lab.plans.small).catch((error: Error) => error);
  await findings.none(
    "lost job",
    `the next backup: ${sayEnd(next)}`,
    () => !(next instanceof Error) && next.state === "succeeded",
  );
  await findings.none("lost job", "and what follows it ends", () => isIdle(lab), 60);
  await lookAtArchives(lab, job, findings);
  return { job, findings: findings.all };
}

const sayEnd = (job: Job | Error) =>
  job instanceof Error ? job.message : `${job.state} ${job.problem?.say ?? ""}`;

/** Nothing waits, is under way or is held open. Tries that wait for their time are none of it. */
export async function isIdle(lab: FaultLab): Promise<boolean> {
  const unfinished = await lab.pool.sql`
    select id from jobs where ended_at is null and not (state = 'queued' and executor = 'agent' and not_before > now())`;
  if (unfinished.length > 0) return false;
  const { sessions } = await lab.keeper("list-sessions", { fromSequence: 0, limit: 1000 });
  return sessions.every((session) => session.endedAt !== null);
}

/** What was cut off and passes by itself is tried again; here nobody waits for it. */
async function lookAtOtherTry(lab: FaultLab, job: Job, findings: Findings): Promise<void> {
  const tries = await lab.pool.sql<{ id: string; state: string }[]>`
    select id, state from jobs where retry_of = ${job.id}`;
  const code = job.problem?.code ?? "";
  const repeats =
    job.kind === "update-agent"
      ? code === "connection-lost"
      : job.kind === "backup" || job.kind === "restore";
  const due = repeats && job.state === "failed" && passesByItself(code);
  await findings.none(
    "lost job",
    "it is tried again once, if it was cut off",
    () => tries.length === (due ? 1 : 0),
  );
  for (const { id, state } of tries) if (state === "queued") await lab.stack.bbs.jobs.cancel.mutate({ id });
}

async function lookAtRepositories(lab: FaultLab, findings: Findings): Promise<void> {
  const { clientId } = lab.machine;
  const repositories = join(lab.stack.dataDir, "home", clientId, "repos");
  for (const id of readdirSync(repositories))
    await findings.none(
      "stuck lock",
      `no lock is in ${id}`,
      () => !existsSync(join(repositories, id)) || !isLocked(lab.stack, clientId, id),
      30,
    );
  const held = await lab.pool.sql`
    select id from jobs where state in ('assigned', 'running') or (held_by is not null and ended_at is not null)`;
  await findings.none("stuck lock", "no lease is held", () => held.length === 0);
}

async function lookForProcesses(lab: FaultLab, findings: Findings): Promise<void> {
  await findings.none(
    "wrong state",
    "no borg runs on the machine",
    () => lab.machine.borgPids().length === 0,
    20,
  );
  for (const account of ["bbs", "bbv"])
    await findings.none(
      "wrong state",
      `nothing runs as ${account}`,
      () => !runsAs(`${account}-${lab.machine.clientId}`),
      20,
    );
}

function runsAs(account: string): boolean {
  try {
    return execFileSync("pgrep", ["-u", account], { encoding: "utf8" }).trim() !== "";
  } catch {
    // Nobody.
    return false;
  }
}

/** borg's list is the judge: a backup that succeeded is in it once, one that did not is not, unless it says that it may be. */
async function lookAtArchives(lab: FaultLab, job: Job, findings: Findings): Promise<void> {
  const listed = await askBorg(lab.stack, lab.machine.clientId, lab.repositoryId, ["list", "--json", "::"]);
  const { archives } = JSON.parse(listed) as { archives: { name: string }[] };
  const names = archives.map(({ name }) => name).sort();
  await findings.none(
    "wrong state",
    "no archive stands twice in borg's list",
    () => new Set(names).size === names.length,
  );
  const living = (await ledgerOf(lab)).filter(({ removedAt }) => removedAt === null);
  const inLedger = living.map(({ name }) => name).sort();
  await findings.none(
    "wrong state",
    `borg lists ${names.length} archives, the ledger ${inLedger.length}`,
    () => inLedger.join() === names.join(),
  );
  if (job.kind !== "backup" || !("archiveName" in job.payload)) return;
  const { archiveName } = job.payload;
  const committed = job.state === "succeeded" || job.state === "warned";
  const mayBe = committed || (job.problem?.say ?? "").includes("is in the list all the same");
  const times = names.filter((name) => name === archiveName).length;
  await findings.none(
    "wrong state",
    `the backup ${job.state}, its archive stands ${times} times in borg's list`,
    () => (committed ? times === 1 : times === 0 || mayBe),
  );
}
