import { eq, inArray } from "drizzle-orm";
import type { ImportCandidate, LostRepository } from "~/domain/repository-import";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { importListings, repositories } from "../db/schema/repositories";

export interface ImportListing {
  candidates: ImportCandidate[];
  /** With the name of the client, where that is still known. */
  lost: (LostRepository & { clientName: string | null })[];
  /** When the storage node was asked last; null: it was not yet. */
  at: Date | null;
}

const NOTHING: ImportListing = { candidates: [], lost: [], at: null };

/** Writes down what a storage node told of folders, or of repositories without a row. Tells open consoles only of what is new. */
export async function recordListing(
  ctx: Ctx,
  input: { storageNodeId: string; candidates?: ImportCandidate[]; lost?: LostRepository[] },
): Promise<void> {
  const { storageNodeId, ...told } = input;
  const [before] = await ctx.db
    .select()
    .from(importListings)
    .where(eq(importListings.storageNodeId, storageNodeId));
  await ctx.db
    .insert(importListings)
    .values({ storageNodeId, at: ctx.now, ...told })
    .onConflictDoUpdate({ target: importListings.storageNodeId, set: { at: ctx.now, ...told } });
  const isNew = Object.entries(told).some(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(before?.[name as "candidates" | "lost"] ?? []),
  );
  if (isNew) await announce(ctx.db, { entity: "repository", id: "*", clientId: null });
}

/** What a storage node told last. */
export async function readListing(ctx: Ctx, input: { storageNodeId: string }): Promise<ImportListing> {
  const [row] = await ctx.db
    .select()
    .from(importListings)
    .where(eq(importListings.storageNodeId, input.storageNodeId));
  if (!row) return NOTHING;
  const ids = row.lost.map(({ clientId }) => clientId);
  const known = await ctx.db
    .select({ id: clients.id, name: clients.name })
    .from(clients)
    .where(inArray(clients.id, ids))
    .limit(ids.length + 1);
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const lost = row.lost.map((one) => ({ ...one, clientName: names.get(one.clientId) ?? null }));
  return { candidates: row.candidates, lost, at: row.at };
}

/** Which of these ids no repository has here, not even one that was removed. */
export async function findUnknown(ctx: Ctx, ids: readonly string[]): Promise<Set<string>> {
  const known = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(inArray(repositories.id, [...ids]))
    .limit(ids.length + 1);
  const unknown = new Set(ids);
  for (const { id } of known) unknown.delete(id);
  return unknown;
}
