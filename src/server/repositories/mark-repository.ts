import { and, eq, inArray } from "drizzle-orm";
import type { Coverage } from "~/domain/repository";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { repositories } from "../db/schema/repositories";

/** Notes that the keeper has made it. May run twice. */
export async function markReady(ctx: Ctx, input: { repositoryId: string; borgId: string }): Promise<void> {
  await write(ctx, input.repositoryId, { state: "ready", borgId: input.borgId, problem: null });
}

/** Notes why the keeper could not make it; `problem` is for the person. A repository that is ready stays ready. */
export async function markFailed(ctx: Ctx, input: { repositoryId: string; problem: string }): Promise<void> {
  await write(ctx, input.repositoryId, { state: "failed", problem: input.problem }, ["creating", "failed"]);
}

/** Notes that another try is queued. Only from `failed`; false when it is in another state. */
export async function markCreating(ctx: Ctx, input: { repositoryId: string }): Promise<boolean> {
  return write(ctx, input.repositoryId, { state: "creating", problem: null }, ["failed"]);
}

/** Notes its bytes on disk, measured now. */
export async function recordSize(ctx: Ctx, input: { repositoryId: string; bytes: number }): Promise<void> {
  await write(ctx, input.repositoryId, { sizeBytes: input.bytes, sizedAt: ctx.now });
}

/** Notes that it is quarantined since `heldAt`, or no more (null). May run twice. */
export async function markHeld(
  ctx: Ctx,
  input: { repositoryId: string; heldAt: Date | null },
): Promise<void> {
  await write(ctx, input.repositoryId, { heldAt: input.heldAt });
}

/** Notes what a check said and how much is re-read. */
export async function recordCoverage(
  ctx: Ctx,
  input: { repositoryId: string; coverage: Coverage },
): Promise<void> {
  await write(ctx, input.repositoryId, { coverage: input.coverage });
}

/** Notes in which storage location it lies, as the keeper says. May run twice. */
export async function recordLocation(
  ctx: Ctx,
  input: { repositoryId: string; location: string },
): Promise<void> {
  await write(ctx, input.repositoryId, { location: input.location });
}

/** Notes the hard quota that the keeper has put into force. */
export async function recordQuota(
  ctx: Ctx,
  input: { repositoryId: string; quotaBytes: number | null },
): Promise<void> {
  await write(ctx, input.repositoryId, { quotaBytes: input.quotaBytes });
}

/** Notes the size above which an alert is raised. */
export async function recordSoftQuota(
  ctx: Ctx,
  input: { repositoryId: string; softQuotaBytes: number | null },
): Promise<void> {
  await write(ctx, input.repositoryId, { softQuotaBytes: input.softQuotaBytes });
}

/** Notes when the keeper will delete a removed repository; null: it is gone. */
export async function recordDeletion(
  ctx: Ctx,
  input: { repositoryId: string; deleteAfter: Date | null },
): Promise<void> {
  await write(ctx, input.repositoryId, { deleteAfter: input.deleteAfter });
}

type Columns = Partial<typeof repositories.$inferInsert>;
type State = typeof repositories.$inferSelect.state;

async function write(ctx: Ctx, id: string, columns: Columns, from?: State[]): Promise<boolean> {
  const [written] = await ctx.db
    .update(repositories)
    .set(columns)
    .where(and(eq(repositories.id, id), from ? inArray(repositories.state, from) : undefined))
    .returning({ clientId: repositories.clientId });
  if (written) await announce(ctx.db, { entity: "repository", id, clientId: written.clientId });
  return written !== undefined;
}
