import type { JobKind } from "~/domain/job";
import type { JobPayloadOf } from "~/domain/job-payload";
import type { LedgerArchive } from "~/keeper/contract/archives";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { jobEnded } from "../support/backup-story";
import { until } from "../support/until";
import type { FaultLab } from "./lab";
import type { Ask } from "./moments";

/** How a job of a kind comes about, and what must be true when it has done its work. */
export interface Story {
  /** The keeper runs borg for it. */
  serverBorg: boolean;
  /** It opens an SSH session of the machine. */
  session: boolean;
  /** Brings about what it needs, without faults. */
  prepare(lab: FaultLab): Promise<Prepared>;
}

export interface Prepared {
  ask: Ask;
  /** Asked once the job has ended as succeeded or warned; throws, or false, when it did not do what it says. */
  isDone(): Promise<boolean>;
  /** For what a person must settle before anything goes on: asks once more, when the job has failed. It must go well then. */
  again?(): Promise<void>;
}

export const yes = async () => true;

export function agentStory(session: boolean, prepare: Story["prepare"]): Story {
  return { session, serverBorg: false, prepare };
}

export function workerStory(serverBorg: boolean, prepare: Story["prepare"]): Story {
  return { session: false, serverBorg, prepare };
}

/** For kinds that nobody asks for by themselves: they follow others, or a page waits for their answer. */
export function asksDirectly<K extends JobKind>(
  lab: FaultLab,
  kind: K,
  payload: JobPayloadOf<K>,
  of: { repositoryId?: string; planId?: string },
): Prepared {
  const { clientId } = lab.machine;
  return {
    ask: async () => (await enqueueJob(lab.ctx(), { kind, clientId, payload, ...of })).jobId,
    isDone: yes,
  };
}

/** What comes before the fault; it must go well. */
export async function done(lab: FaultLab, asked: Promise<{ jobId: string }>): Promise<void> {
  const { state, kind, problem } = await jobEnded(lab.stack.bbs, (await asked).jobId);
  if (state !== "succeeded") throw new Error(`${kind} before the fault: ${state}, ${problem?.say}`);
}

/** The job of this kind that follows in the same run, as soon as it is there. */
export async function followerOf(lab: FaultLab, jobId: string, kind: JobKind): Promise<string> {
  let found = "";
  const look = async () => {
    const [row] = await lab.pool.sql<{ id: string }[]>`
      select f.id from jobs j join jobs f on f.run_id = j.run_id and f.kind = ${kind} where j.id = ${jobId}`;
    found = row?.id ?? "";
    return found !== "";
  };
  await until(`a job ${kind} follows`, look, { seconds: 60, everyMs: 5 });
  return found;
}

/** The plan's archives as the console lists them, the newest first. */
export async function archivesOf(lab: FaultLab, planId: string) {
  const { items } = await lab.stack.bbs.archives.list.query({ planId, trashed: false, limit: 50 });
  return items;
}

export async function newest(lab: FaultLab, planId: string) {
  const [first] = await archivesOf(lab, planId);
  if (!first) throw new Error("the plan has no archive");
  return first;
}

/** Of the plan that is backed up after each fault, with two newer ones beside it. */
export async function oldest(lab: FaultLab) {
  const archives = await archivesOf(lab, lab.plans.small);
  for (let count = archives.length; count < 3; count++)
    await done(lab, lab.stack.bbs.plans.run.mutate({ id: lab.plans.small }));
  const last = archives.at(-1);
  if (!last) throw new Error("the plan has no archive");
  return last;
}

/** An archive as the keeper's own ledger has it. */
export async function entryOf(lab: FaultLab, name: string): Promise<LedgerArchive> {
  const entry = (await ledgerOf(lab)).find((one) => one.name === name);
  if (!entry) throw new Error(`the ledger has no archive ${name}`);
  return entry;
}

export async function ledgerOf(lab: FaultLab, repositoryId = lab.repositoryId): Promise<LedgerArchive[]> {
  const { clientId } = lab.machine;
  const found: LedgerArchive[] = [];
  for (let afterRevision = 0; ; ) {
    const { archives } = await lab.keeper("list-ledger", {
      ...{ clientId, repositoryId, afterRevision, limit: 1000 },
    });
    found.push(...archives);
    if (archives.length < 1000) return found;
    afterRevision = Math.max(...archives.map(({ revision }) => revision));
  }
}

export async function vaultStateOf(lab: FaultLab, repositoryId: string) {
  return lab.keeper("vault-state", { clientId: lab.machine.clientId, repositoryId });
}
