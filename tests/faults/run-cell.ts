import { setTimeout as wait } from "node:timers/promises";
import { isEnded } from "~/domain/job";
import { until } from "../support/until";
import type { Cell } from "./cells";
import type { FaultLab } from "./lab";
import { type Held, holdAt } from "./moments";
import { STORIES } from "./stories";
import type { Prepared } from "./story";
import { strike } from "./strikes";
import { type Finding, findWrong, isIdle } from "./truth";

/** A cell as it went. */
export interface Row extends Cell {
  outcome: string;
  seconds: number;
  findings: Finding[];
}

/** How often a moment that was missed is tried for: what is caught there lives for some milliseconds. */
const TRIES = 3;

/** Brings a job to its moment, does the fault, lets the job go on, and finds out whether all is well. */
export async function runCell(lab: FaultLab, cell: Cell): Promise<Row> {
  const began = performance.now();
  const { held, prepared } = await reach(lab, cell);
  const striking = strike(lab, cell.strike);
  // What was killed is dead by then, and not yet back: the job goes on meanwhile.
  await Promise.race([striking, wait(150)]).catch(() => undefined);
  await held.release();
  const makeGood = await striking;
  await makeGood();
  if (lab.clock && cell.strike.startsWith("clock")) await turnBack(lab, held.jobId);
  const { job, findings } = await findWrong(lab, { jobId: held.jobId, ...prepared });
  const outcome = job.problem ? `${job.state} (${job.problem.code})` : job.state;
  return { ...cell, outcome, findings, seconds: (performance.now() - began) / 1000 };
}

async function reach(lab: FaultLab, { kind, moment }: Cell): Promise<{ held: Held; prepared: Prepared }> {
  const { serverBorg, prepare } = STORIES[kind];
  for (let tried = 1; ; tried++) {
    await until("nothing is left of what came before", () => isIdle(lab), { seconds: 90, everyMs: 100 });
    const prepared = await prepare(lab);
    await until("nothing is left of what the job needs", () => isIdle(lab), { seconds: 90, everyMs: 100 });
    try {
      return { held: await holdAt(lab, moment, { kind, serverBorg, ask: prepared.ask }), prepared };
    } catch (error) {
      if (tried === TRIES) throw error;
    }
  }
}

/** The clock is right again once the job has ended, or has had its time to. */
async function turnBack(lab: FaultLab, jobId: string): Promise<void> {
  const ended = async () => isEnded((await lab.stack.bbs.jobs.get.query({ id: jobId })).state);
  await until("it ends while the clock is wrong", ended, { seconds: 60, everyMs: 100 }).finally(() =>
    lab.clock?.jump(0),
  );
}
