import type { Duplex } from "node:stream";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { MOST_DOWNLOADS_EACH } from "~/domain/download";
import { type ArchiveId, archiveId } from "~/domain/id";
import { isEnded } from "~/domain/job";
import type { Authorized, UserActor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { authorize } from "../../access/authorize";
import type { Ctx } from "../../context";
import { downloads } from "../../db/schema/downloads";
import { jobs } from "../../db/schema/jobs";
import { cancelJob } from "../../jobs/cancel-job";
import { enqueueJob } from "../../jobs/enqueue-job";
import { waitForJob } from "../../jobs/wait-for-job";
import { appendEntry } from "../../journal/append-entry";
import { sealSecret } from "../../secrets/seal-secret";
import { hashToken, newToken } from "../../token";
import { findArchiveOwner } from "../get-archive";
import { livingArchive } from "./living-archive";
import { journalDetail } from "./prepare-download";
import { type Arrival, receiveStream } from "./receive-stream";
import { type StreamDoor, streamDoor } from "./stream-door";
import { deliveryPlace } from "./take-delivery";
import { tellPaths } from "./tell-paths";

type Row = typeof downloads.$inferSelect;

/** How long a place of the storage node is waited for. */
const WAIT_MS = 60_000;

export interface Begun extends Pick<Row, "format" | "fileName"> {
  archiveId: ArchiveId;
  arrival: Arrival;
}

/**
 * Uses a ticket: has a worker bring the files here, and answers when they begin to come. Asks for permission anew. Refuses link-invalid (used,
 * too old, or of another person), forbidden, rate-limited, storage-unavailable, and what the worker refuses.
 */
export async function beginDownload(
  ctx: Ctx & { actor: UserActor },
  input: { ticket: string; signal: AbortSignal },
): Promise<Begun> {
  const door = streamDoor();
  const row = await findTicket(ctx, input.ticket);
  const id = archiveId.parse(row.archiveId);
  const may = await authorize(ctx, "restore", await findArchiveOwner(ctx, { archiveId: id }));
  await demandPlace(ctx);
  const key = newToken("bbss_");
  const place = openPlace(door, hashToken(key));
  try {
    const { jobId } = await spendTicket(ctx, may, row, {
      address: door.address,
      fingerprint: door.fingerprint,
      key,
    });
    const arrival = await arrivalOf(ctx, may, { jobId, connection: place.connection, signal: input.signal });
    return { format: row.format, fileName: row.fileName, archiveId: id, arrival };
  } finally {
    place.close();
  }
}

async function findTicket(ctx: Ctx & { actor: UserActor }, ticket: string): Promise<Row> {
  const [row] = await ctx.db
    .select()
    .from(downloads)
    .where(usable(ctx, hashToken(ticket)));
  if (!row) throw notUsable();
  return row;
}

const usable = (ctx: Ctx & { actor: UserActor }, ticketHash: string) =>
  and(
    eq(downloads.ticketHash, ticketHash),
    eq(downloads.userId, ctx.actor.userId),
    isNull(downloads.usedAt),
    gt(downloads.expiresAt, ctx.now),
  );

async function demandPlace(ctx: Ctx & { actor: UserActor }): Promise<void> {
  const [row] = await ctx.db
    .select({ own: sql<number>`count(*)::int` })
    .from(jobs)
    .where(and(eq(jobs.kind, "stream-files"), eq(jobs.requestedBy, ctx.actor.userId), isNull(jobs.endedAt)));
  if ((row?.own ?? 0) < MOST_DOWNLOADS_EACH) return;
  throw new Refusal("rate-limited", {
    say: `You have ${MOST_DOWNLOADS_EACH} downloads under way. Wait until one has ended, or cancel one.`,
    retryAfterSeconds: 30,
  });
}

async function spendTicket(
  ctx: Ctx & { actor: UserActor },
  may: Authorized<"restore">,
  { id, ticketHash, format, paths, archiveId: archive }: Row,
  delivery: { address: string; fingerprint: string; key: string },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const deliverySealed = sealSecret(JSON.stringify(delivery), deliveryPlace(id));
    const spent = await tx
      .update(downloads)
      .set({ usedAt: ctx.now, deliverySealed })
      .where(usable(ctx, ticketHash))
      .returning({ id: downloads.id });
    if (spent.length === 0) throw notUsable();
    const { name, repositoryId } = await livingArchive(inTx, may, { archiveId: archive });
    const { jobId } = await enqueueJob(inTx, {
      ...{ kind: "stream-files", clientId: may.clientId, repositoryId },
      payload: { downloadId: id, archiveId: archiveId.parse(archive), archiveName: name },
    });
    await appendEntry(inTx, {
      action: "download.started",
      say: `${format === "preview" ? "Looked at" : "Downloaded"} ${tellPaths(paths)} of the archive ${name}.`,
      ...{ clientId: may.clientId, repositoryId },
      detail: { jobId, ...journalDetail(archive, format, paths) },
    });
    return { jobId };
  });
}

/** A place at the door: the first who shows its key gets in, and nobody after. */
function openPlace(door: StreamDoor, keyHash: string) {
  let open: (connection: Duplex) => void = () => {};
  const connection = new Promise<Duplex>((resolve) => {
    open = resolve;
  });
  door.places.set(keyHash, (come) => open(come));
  return { connection, close: () => door.places.delete(keyHash) };
}

async function arrivalOf(
  ctx: Ctx,
  may: Authorized<"restore">,
  given: { jobId: string; connection: Promise<Duplex>; signal: AbortSignal },
): Promise<Arrival> {
  const { jobId } = given;
  const over = new AbortController();
  const signal = AbortSignal.any([given.signal, over.signal]);
  let come: Duplex | null = null;
  const left = new Promise<never>((_, reject) => {
    given.signal.addEventListener("abort", () => reject(gone()), { once: true });
    if (given.signal.aborted) reject(gone());
  });
  left.catch(() => undefined);
  try {
    const first = await Promise.race([given.connection, endOf(ctx, { jobId, signal }), left]);
    come = first;
    return await Promise.race([receiveStream(first), left]);
  } catch (problem) {
    if (come) come.destroy();
    else await callOff(ctx, may, jobId);
    throw problem;
  } finally {
    over.abort();
  }
}

/** Rejects with what the job came to when it ended before anything came, or when its turn did not come. */
async function endOf(ctx: Ctx, given: { jobId: string; signal: AbortSignal }): Promise<never> {
  const ended = await waitForJob(ctx, { ...given, timeoutMs: WAIT_MS });
  if (given.signal.aborted) throw gone();
  const say =
    ended && isEnded(ended.state)
      ? (ended.problem?.say ?? "The storage node could not read it. Try again.")
      : "The storage node does not answer, or all its places for downloads are taken. Try again later.";
  throw new Refusal("storage-unavailable", { say });
}

/** A worker that has begun notices by itself that nobody waits; one that has not must not begin. */
async function callOff(ctx: Ctx, may: Authorized<"restore">, jobId: string): Promise<void> {
  await cancelJob({ ...ctx, now: new Date() }, may, { jobId }).catch((problem: unknown) => {
    if (!(problem instanceof Refusal)) throw problem;
  });
}

function notUsable(): Refusal {
  return new Refusal("link-invalid", {
    say: "This link was used, is too old, or was made by somebody else. Ask for the download again.",
  });
}

function gone(): Refusal {
  return new Refusal("storage-unavailable", { say: "The download was closed before it began." });
}
