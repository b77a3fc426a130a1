import type { Command } from "commander";
import { ENDED_STATES, JOB_STATES, type JobState } from "~/domain/job";
import { allOf, findClient } from "../find-by-name";
import { followJob } from "../follow-job";
import { oneLine, showInstant } from "../output";
import type { Session } from "../session";
import { describeJob } from "../show-job";
import { UsageError } from "../usage-error";

export function addJobCommands(program: Command, session: Session): void {
  const job = program.command("job").description("Work done, waiting and under way.");

  job
    .command("list")
    .description("Jobs, newest first.")
    .option("--client <client>", "of this client only")
    .option("--state <states>", `only these, with commas: ${JOB_STATES.join(", ")}`)
    .option("--most <number>", "how many to show", "50")
    .action(async (options: { client?: string; state?: string; most: string }) => {
      const bbs = await session.bbs();
      const clientId = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const states = options.state?.split(",").map(readState);
      const most = Number(options.most);
      if (!(Number.isInteger(most) && most > 0)) throw new UsageError("--most must be a whole number.");
      const limit = Math.min(200, most);
      const rows = await allOf((cursor) => bbs.jobs.list.query({ clientId, states, cursor, limit }), most);
      session.out().table(
        rows,
        [
          ["job", (row) => row.id],
          ["kind", (row) => row.kind],
          ["state", (row) => row.state],
          ["client", (row) => row.clientName],
          ["plan", (row) => row.planName],
          ["made", (row) => showInstant(row.createdAt)],
          ["ended", (row) => showInstant(row.endedAt)],
          ["problem", (row) => row.problem?.say ?? ""],
        ],
        "No jobs.",
      );
    });

  job
    .command("show <job>")
    .description("One job with its result.")
    .option("--log", "with its log")
    .action(async (id: string, options: { log?: boolean }) => {
      const bbs = await session.bbs();
      const shown = await bbs.jobs.get.query({ id });
      if (!options.log) return session.out().print(shown, describeJob(shown));
      const log = await readLog(id);
      const lines = log.map(
        (line) => `${showInstant(line.at)} ${line.level.padEnd(7)} ${oneLine(line.message)}`,
      );
      session.out().print({ ...shown, log }, [describeJob(shown), ...lines].join("\n"));
    });

  async function readLog(id: string) {
    const bbs = await session.bbs();
    return allOf(async (cursor) => {
      const page = await bbs.jobs.log.query({ id, after: cursor, limit: 200 });
      return { items: page.lines, nextCursor: page.lines.length === 0 ? null : page.nextCursor };
    });
  }

  job
    .command("watch <job>")
    .description("Follow a job to its end; fails if the job fails.")
    .action(async (id: string) => followJob(await session.bbs(), id, session));

  job
    .command("cancel <job>")
    .description("Stop a job. borg ends cleanly and the repository is free again.")
    .option("--watch", "wait until it has stopped")
    .action(async (id: string, options: { watch?: boolean }) => {
      const bbs = await session.bbs();
      await bbs.jobs.cancel.mutate({ id });
      if (options.watch) await followJob(bbs, id, session, {}, [...ENDED_STATES]);
      else session.out().print({ id }, `Stopping ${id}.`);
    });
}

function readState(text: string): JobState {
  const state = JOB_STATES.find((known) => known === text.trim());
  if (!state) throw new UsageError(`${text} is not a state. There are ${JOB_STATES.join(", ")}.`);
  return state;
}
