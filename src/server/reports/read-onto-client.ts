import { and, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { Refusal } from "~/domain/refusal";
import { restoreResult } from "~/protocol/v1";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import type { SampleFile } from "../restores/drills/choose-files";
import { judgeFile, type ReadFile } from "../restores/drills/read-back";
import type { DrillReading } from "./drill-certificate";
import type { DrillJob } from "./read-drilled";

/**
 * What another machine has told of the files that it brought back for a drill, compared with the hashes of the machine that made the archive. Refuses
 * client-offline where it told nothing in all the time that the drill waited: its restore is then stopped with the drill.
 */
export async function readOntoClient(
  ctx: Ctx,
  { onto, chosen }: { onto: NonNullable<DrillJob["payload"]["onto"]>; chosen: readonly SampleFile[] },
): Promise<DrillReading> {
  const there = alias(clients, "there");
  const [restore] = await ctx.db
    .select({ job: jobs, id: there.id, name: there.name, machine: there.machine })
    .from(jobs)
    .innerJoin(there, eq(there.id, jobs.clientId))
    .where(and(eq(jobs.id, onto.restoreJobId), eq(jobs.clientId, onto.clientId), eq(jobs.kind, "restore")));
  if (!restore) throw new Error(`the restore ${onto.restoreJobId} of a drill is not there`);
  const { job, name } = restore;
  if (job.endedAt === null) {
    throw new Refusal("client-offline", {
      say: `${name} has not brought the files back within the days that the drill waited for it, which says nothing about the archive.`,
    });
  }
  const { drilled, skipped } = restoreResult.parse(job.result);
  if (!drilled) throw new Error(`the restore ${job.id} of a drill told no hashes`);
  const told = new Map(drilled.files.map((file) => [file.path, file]));
  const leftOut = new Set(skipped.map(({ path }) => path));
  const files = chosen.map((file): ReadFile => {
    const came = told.get(file.path);
    const text = Buffer.from(file.path, "base64").toString("utf8");
    const broken = came ? came.hash === null : leftOut.has(text);
    return { ...file, ...judgeFile(file, came?.hash ?? null, broken) };
  });
  const { everything, milliseconds } = drilled;
  const startedAt = job.startedAt ?? job.createdAt;
  const [first] = skipped;
  const isWhole = job.state === "succeeded" && everything?.unreadable === 0;
  return {
    files,
    whole: everything && {
      ...{ files: everything.files, bytes: everything.bytes, listDigest: everything.listDigest },
      stoppedBy: isWhole
        ? null
        : first
          ? `${first.path} did not come out on ${name}: ${first.why}`.slice(0, 4000)
          : `${everything.unreadable} files could not be read on ${name} after they had come out`,
    },
    brought: everything
      ? { files: everything.files, bytes: everything.bytes }
      : {
          files: files.filter(({ restoredHash }) => restoredHash !== null).length,
          bytes: drilled.files.reduce((sum, { bytes }) => sum + bytes, 0),
        },
    ...{ startedAt, milliseconds: Math.max(1, milliseconds) },
    onto: { client: { id: restore.id, name } },
    borgVersion: restore.machine?.borgVersion ?? null,
  };
}
