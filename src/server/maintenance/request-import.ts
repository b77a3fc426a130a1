import { randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { ImportCandidate } from "~/domain/repository-import";
import { createClient } from "../clients/create-client";
import { MAIN_NODE } from "../clients/ensure-storage-node";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { type ImportListing, readListing } from "../repositories/import-listing";
import {
  deleteImport,
  findImport,
  type ImportRow,
  insertImport,
  isBeingImported,
  isWorkedOn,
  markImport,
  readImports,
} from "../repositories/import-row";

/** What a person says of a folder that is to be taken in. */
export interface WantedImport {
  /** A candidate, or a repository that the storage node has and of which there is no row. */
  of: { candidateId: string } | { repositoryId: string };
  /** Whose it shall be; of a repository without a row the client stands already, and its name is asked for if that row is lost too. */
  clientId: string | null;
  clientName: string | null;
  name: string;
  /** Empty only where nothing is encrypted. */
  passphrase: string;
  key: string | null;
}

/** What lies there to be taken in, and what is being taken in. For admins: it is not any client's yet. */
export async function listImports(ctx: Ctx): Promise<ImportListing & { imports: ImportRow[] }> {
  return { ...(await readListing(ctx, { storageNodeId: MAIN_NODE })), imports: await readImports(ctx) };
}

/**
 * Asks for a folder to be read by borg, with everything that it needs; nothing of it is taken yet. Refuses not-found (it is not there any
 * more), invalid-input (it cannot be taken in, or is being read already), name-taken, client-not-enrolled.
 */
export async function requestInspection(
  ctx: Ctx,
  input: WantedImport,
): Promise<{ id: string; jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('bbs-imports'))`);
    const listing = await readListing(inTx, { storageNodeId: MAIN_NODE });
    const target = targetOf(listing, input.of);
    const { id } = target;
    await refuseSecond(inTx, target);
    const clientId = await ownerOf(inTx, target, input);
    await refuseName(inTx, clientId, input.name);
    const { location, folder, candidateId } = target;
    await insertImport(inTx, {
      ...{ id, clientId, candidateId, location, folder, name: input.name },
      // Unencrypted ones have none, and everything behind this expects one.
      passphrase: input.passphrase || randomBytes(20).toString("base64url"),
      key: input.key,
    });
    const { jobId } = await enqueueJob(inTx, { kind: "inspect-import", clientId, payload: { importId: id } });
    await markImport(inTx, id, { jobId });
    await appendEntry(inTx, {
      action: "repository.import.asked",
      say: `Asked to have the folder ${folder} in ${location} read, to take it in as ${input.name}.`,
      clientId,
      detail: { importId: id, folder, location, jobId },
    });
    return { id, jobId };
  });
}

/** Takes in what was read and found whole. Refuses not-found, invalid-input in any other state. */
export async function requestAdoption(ctx: Ctx, input: { id: string }): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const row = await findImport(inTx, input.id, true);
    if (!row) throw importMissing();
    // One whose job was cancelled, or had to give up, is asked for again.
    const isReady = row.state === "checked" || (row.state === "adopting" && !(await isWorkedOn(inTx, row)));
    if (!isReady)
      throw new Refusal("invalid-input", { say: "Only what was read and found whole can be taken in." });
    const { clientId, id, folder, location } = row;
    const { jobId } = await enqueueJob(inTx, {
      kind: "adopt-repository",
      clientId,
      payload: { importId: id },
    });
    await markImport(inTx, id, { state: "adopting", jobId });
    await appendEntry(inTx, {
      action: "repository.adopt.asked",
      say: `Asked to take in the folder ${folder} in ${location} as ${row.name}.`,
      clientId,
      detail: { importId: id, jobId },
    });
    return { jobId };
  });
}

/** Leaves a folder alone: nothing of it was taken, and its passphrase is forgotten. Refuses not-found, and while it is being taken in. */
export async function discardImport(ctx: Ctx, input: { id: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const row = await findImport(inTx, input.id, true);
    if (!row) throw importMissing();
    if (row.state === "adopting" && (await isWorkedOn(inTx, row)))
      throw new Refusal("invalid-input", { say: "It is being taken in. Cancel that job first." });
    await deleteImport(inTx, row);
    await appendEntry(inTx, {
      action: "repository.import-discarded",
      say: `Left the folder ${row.folder} in ${row.location} where it lies.`,
      clientId: row.clientId,
      detail: { importId: row.id },
    });
  });
}

interface Target {
  id: string;
  candidateId: string | null;
  location: string;
  folder: string;
  /** Of what lay here before: whose it was. */
  clientId: string | null;
  /** It stays with that client. */
  isFixed: boolean;
}

function targetOf(listing: ImportListing, of: WantedImport["of"]): Target {
  if ("repositoryId" in of) {
    const found = listing.lost.find(({ repositoryId }) => repositoryId === of.repositoryId);
    if (!found) throw importMissing();
    const { repositoryId: id, clientId, location } = found;
    return { id, candidateId: null, location, folder: id, clientId, isFixed: true };
  }
  const found: ImportCandidate | undefined = listing.candidates.find(({ id }) => id === of.candidateId);
  if (!found) throw importMissing();
  if (found.problem !== null) throw new Refusal("invalid-input", { say: found.problem });
  const { location, name: folder, clientId } = found;
  return {
    ...{ candidateId: found.id, location, folder, clientId, isFixed: false },
    id: found.repositoryId ?? newId(),
  };
}

async function refuseSecond(ctx: Ctx, { id, candidateId }: Target): Promise<void> {
  const [row] = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(eq(repositories.id, id));
  if (row || (await isBeingImported(ctx, { id, candidateId })))
    throw new Refusal("invalid-input", { say: "This one is being read or taken in already." });
}

async function ownerOf(ctx: Ctx, target: Target, input: WantedImport): Promise<string> {
  const clientId = target.isFixed ? target.clientId : input.clientId;
  if (clientId === null) throw new Refusal("invalid-input", { say: "Choose whose repository it shall be." });
  const [client] = await ctx.db
    .select({ provisionedAt: clients.provisionedAt, removedAt: clients.removedAt })
    .from(clients)
    .where(eq(clients.id, clientId));
  if (!client && target.isFixed) {
    if (!input.clientName)
      throw new Refusal("invalid-input", { say: "Name the client that it belonged to; it is made again." });
    await createClient(ctx, { name: input.clientName, id: clientId });
    return clientId;
  }
  if (!client || client.removedAt) throw new Refusal("not-found", { say: "There is no such client." });
  if (client.provisionedAt === null && !target.isFixed)
    throw new Refusal("client-not-enrolled", {
      say: "This client has no account on the storage node yet. Enrol its machine first.",
    });
  return clientId;
}

async function refuseName(ctx: Ctx, clientId: string, name: string): Promise<void> {
  const [taken] = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(
      and(
        eq(repositories.clientId, clientId),
        isNull(repositories.removedAt),
        sql`lower(${repositories.name}) = lower(${name})`,
      ),
    );
  if (taken) throw new Refusal("name-taken", { say: `This client has a repository named ${name} already.` });
}

function importMissing(): Refusal {
  return new Refusal("not-found", { say: "There is nothing of this kind to import any more." });
}
