import { eq } from "drizzle-orm";
import type { JobId } from "~/domain/id";
import type { JobKind } from "~/domain/job";
import { Refusal } from "~/domain/refusal";
import type { Owner } from "../access/authorize";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

/** Whose job it is and of what kind, so that the caller can ask for permission. Refuses not-found. */
export async function findJobOwner(ctx: Ctx, input: { jobId: JobId }): Promise<Owner & { kind: JobKind }> {
  const [job] = await ctx.db
    .select({ clientId: jobs.clientId, kind: jobs.kind })
    .from(jobs)
    .where(eq(jobs.id, input.jobId));
  if (!job) throw jobMissing();
  return { ...job, missing: jobMissing };
}

export function jobMissing(): Refusal {
  return new Refusal("not-found", { say: "There is no such job." });
}
