import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { startClientMachine } from "../support/client-machine";
import { startRealStack } from "../support/real-stack";
import { type Figure, median, percentile } from "./figure";
import { makeStampedBorg } from "./stamped-borg";

const RUNS = 40;

/** From Back up now to borg's start on the client. */
export async function bench(): Promise<Figure[]> {
  const work = mkdtempSync(join(tmpdir(), "bbs-bench-start-"));
  mkdirSync(join(work, "files"));
  writeFileSync(join(work, "files/file"), "content\n");
  const stack = await startRealStack();
  const borg = makeStampedBorg(work);
  const machine = await startClientMachine(stack, { policy: { borg: borg.program } });
  try {
    const repositoryId = await makeRepository(stack.bbs, machine.clientId);
    const sources = [join(work, "files")];
    const planId = await makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources });
    const waits: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const pressed = Date.now();
      const { jobId } = await stack.bbs.plans.run.mutate({ id: planId });
      const job = await jobEnded(stack.bbs, jobId);
      if (job.state !== "succeeded") throw new Error(`${job.state}: ${job.problem?.say}`);
      waits.push((borg.starts().at(-1) ?? Number.NaN) - pressed);
    }
    const how = `${RUNS} runs of one plan, from the call of plans.run to the first line of a wrapper that becomes borg create`;
    return [
      { name: "Back up now to borg's start, median", value: median(waits), unit: "ms", bar: 100, how },
      {
        name: "Back up now to borg's start, 95th percentile",
        value: percentile(waits, 95),
        unit: "ms",
        bar: 500,
        how,
      },
    ];
  } finally {
    await machine.stop();
    await stack.stop();
    rmSync(work, { recursive: true, force: true });
  }
}
