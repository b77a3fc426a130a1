import { and, asc, eq, isNull, or, sql } from "drizzle-orm";
import type { FoundRepository } from "~/domain/repository-import";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { clients } from "../db/schema/clients";
import { jobs } from "../db/schema/jobs";
import { type IMPORT_STATES, repositoryImports } from "../db/schema/repositories";
import { openSecret, type SecretPlace, sealSecret } from "../secrets/seal-secret";

/** An import as the console shows it. */
export interface ImportRow {
  id: string;
  name: string;
  clientId: string;
  clientName: string;
  location: string;
  folder: string;
  state: (typeof IMPORT_STATES)[number];
  /** Why it was refused; else null. */
  problem: string | null;
  /** What was found; null: it is still being read, or could not be. */
  found: FoundRepository | null;
  jobId: string | null;
  /** A job works on it, or will. */
  isBusy: boolean;
  createdAt: Date;
}

/** Something that somebody asked to have taken in, with what opens it. */
export interface NewImport {
  id: string;
  clientId: string;
  candidateId: string | null;
  location: string;
  folder: string;
  name: string;
  passphrase: string;
  key: string | null;
}

const MOST = 200;

/** Imports that are under way or wait for a person, oldest first. */
export async function readImports(ctx: Ctx): Promise<ImportRow[]> {
  return ctx.db
    .select({
      id: repositoryImports.id,
      name: repositoryImports.name,
      clientId: repositoryImports.clientId,
      clientName: clients.name,
      location: repositoryImports.location,
      folder: repositoryImports.folder,
      state: repositoryImports.state,
      problem: repositoryImports.problem,
      found: repositoryImports.found,
      jobId: repositoryImports.jobId,
      isBusy: sql<boolean>`exists (select from jobs j where j.id = ${repositoryImports.jobId} and j.ended_at is null)`,
      createdAt: repositoryImports.createdAt,
    })
    .from(repositoryImports)
    .innerJoin(clients, eq(clients.id, repositoryImports.clientId))
    .orderBy(asc(repositoryImports.createdAt), asc(repositoryImports.id))
    .limit(MOST);
}

/** Writes an import down, its secrets sealed. */
export async function insertImport(ctx: Ctx, given: NewImport): Promise<void> {
  const { passphrase, key, ...row } = given;
  await ctx.db.insert(repositoryImports).values({
    ...row,
    state: "checking",
    passphraseSealed: sealSecret(passphrase, placeOf(given.id, "passphrase_sealed")),
    keySealed: key === null ? null : sealSecret(key, placeOf(given.id, "key_sealed")),
    createdAt: ctx.now,
  });
  await tell(ctx, given);
}

/** The stored row; null: it is done, or was discarded. `forUpdate` keeps others from changing it until the transaction ends. */
export async function findImport(ctx: Ctx, id: string, forUpdate = false) {
  const asked = ctx.db.select().from(repositoryImports).where(eq(repositoryImports.id, id));
  const [row] = await (forUpdate ? asked.for("update") : asked);
  return row ?? null;
}
export type StoredImport = NonNullable<Awaited<ReturnType<typeof findImport>>>;

/** Whether a job works on it, or will. */
export async function isWorkedOn(ctx: Ctx, row: StoredImport): Promise<boolean> {
  if (row.jobId === null) return false;
  const [job] = await ctx.db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, row.jobId), isNull(jobs.endedAt)));
  return job !== undefined;
}

/** Whether a folder is being taken in already. */
export async function isBeingImported(
  ctx: Ctx,
  input: { id: string; candidateId: string | null },
): Promise<boolean> {
  const [row] = await ctx.db
    .select({ id: repositoryImports.id })
    .from(repositoryImports)
    .where(
      or(
        eq(repositoryImports.id, input.id),
        input.candidateId === null ? undefined : eq(repositoryImports.candidateId, input.candidateId),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/** Passphrase and key in the clear, for the keeper and to be sealed to another place; never for a person. */
export function openImport(row: StoredImport): { passphrase: string; key: string | null } {
  return {
    passphrase: openSecret(row.passphraseSealed, placeOf(row.id, "passphrase_sealed")),
    key: row.keySealed === null ? null : openSecret(row.keySealed, placeOf(row.id, "key_sealed")),
  };
}

/** Notes how far it has come. */
export async function markImport(
  ctx: Ctx,
  id: string,
  columns: Partial<Pick<StoredImport, "state" | "problem" | "found" | "jobId">>,
): Promise<void> {
  const [row] = await ctx.db
    .update(repositoryImports)
    .set(columns)
    .where(eq(repositoryImports.id, id))
    .returning({ id: repositoryImports.id, clientId: repositoryImports.clientId });
  if (row) await tell(ctx, row);
}

/** Forgets it, with its secrets. */
export async function deleteImport(ctx: Ctx, row: { id: string; clientId: string }): Promise<void> {
  await ctx.db.delete(repositoryImports).where(eq(repositoryImports.id, row.id));
  await tell(ctx, row);
}

const tell = (ctx: Ctx, row: { id: string; clientId: string }) =>
  announce(ctx.db, { entity: "repository", id: row.id, clientId: row.clientId });

function placeOf(rowId: string, column: "passphrase_sealed" | "key_sealed"): SecretPlace {
  return { table: "repository_imports", column, rowId };
}
