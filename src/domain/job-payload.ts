import { z } from "zod";
import { DRILL_SCOPES } from "./drill";
import { archiveId, clientId, idText, planId } from "./id";
import type { JobKind } from "./job";
import { NO_OPTIONS } from "./no-options";
import { planOptions } from "./plan-options";
import { CHECK_KINDS } from "./repository";
import { EXISTING, OWNERS } from "./restore-request";

/** What a job was asked to do, per kind; stored as jsonb, parsed when it is read. Secrets never stand here: hand-out adds them. */
export const jobPayloads = {
  backup: z.object({
    planId,
    archiveName: z.string(),
    sources: z.array(z.string()),
    excludes: z.array(z.string()),
    compression: z.string(),
    oneFileSystem: z.boolean(),
    excludeCaches: z.boolean(),
    /** As the plan had them; absent in a job from before there were any. */
    options: planOptions.extend({ drill: planOptions.shape.drill.default(null) }).default(NO_OPTIONS),
  }),
  restore: z.object({
    archiveId,
    archiveName: z.string(),
    borgId: z.string(),
    /** base64. */
    paths: z.array(z.string()),
    target: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("restore-folder") }),
      z.object({ kind: z.literal("folder"), path: z.string() }),
      z.object({ kind: z.literal("original") }),
    ]),
    /** Further parts, written after the first one. */
    more: z
      .array(z.object({ archiveId, archiveName: z.string(), borgId: z.string(), paths: z.array(z.string()) }))
      .optional(),
    /** Absent in a job from before there was a choice: overwrite, keep, no. */
    existing: z.enum(EXISTING).optional(),
    owners: z.enum(OWNERS).optional(),
    dryRun: z.boolean().optional(),
    /** The first job of the restore that this one goes on with. */
    resumes: z.string().optional(),
    /** What it is in all, where the catalog knew. */
    totals: z.object({ files: z.number(), bytes: z.number() }).optional(),
    /** On another machine than the one that made the archives: what it reads. `archives` in the order of the parts, once it is made. */
    parcel: z
      .object({
        id: z.string(),
        fromClientId: clientId,
        archives: z.array(z.object({ borgId: z.string(), name: z.string() })).optional(),
      })
      .optional(),
    /** A drill: what comes is hashed there and removed again. */
    drill: z
      .object({
        sample: z.object({ salt: z.string(), paths: z.array(z.string()) }).optional(),
        everything: z.boolean(),
      })
      .optional(),
    /** One dump back into a database of the machine, in place of files. */
    database: z
      .object({
        entry: z.string(),
        dump: z.string(),
        into: z.string(),
        /** Absent in a job from before copies: a database of that name is replaced. */
        replace: z.boolean().optional(),
        bytes: z.number().optional(),
      })
      .optional(),
  }),
  "restore-on-server": z.object({
    archiveId,
    archiveName: z.string(),
    borgId: z.string(),
    /** base64. */
    paths: z.array(z.string()),
    more: z
      .array(z.object({ archiveId, archiveName: z.string(), borgId: z.string(), paths: z.array(z.string()) }))
      .optional(),
    totals: z.object({ files: z.number(), bytes: z.number() }).optional(),
  }),
  "make-parcel": z.object({ parcelId: z.string(), restoreJobId: z.string() }),
  "remove-parcel": z.object({ parcelId: z.string() }),
  /** The folder as base64 of its absolute path's bytes. */
  "browse-disk": z.object({ path: z.base64() }),
  /** Settings that may not be saved in any plan yet. */
  "dry-run": z.object({
    sources: z.array(z.string()),
    excludes: z.array(z.string()),
    oneFileSystem: z.boolean(),
    excludeCaches: z.boolean(),
    excludeIfPresent: z.array(z.string()),
    keepExcludeTags: z.boolean(),
  }),
  "find-gaps": z.object({}),
  /** A file of a signed release; what is signed is added at hand-out. */
  "update-agent": z.object({ releaseId: z.string(), version: z.string(), fileSha256: z.string() }),
  "provision-client": z.object({}),
  "remove-client": z.object({}),
  "create-repository": z.object({}),
  audit: z.object({}),
  catalog: z.object({}),
  "list-folder": z.object({ archiveId, archiveName: z.string(), path: z.string() }),
  /** Where the files go to stands in the download, sealed, and only once. */
  "stream-files": z.object({ downloadId: idText, archiveId, archiveName: z.string() }),
  /** What is compared with stands with the job that made the archive. */
  drill: z.object({
    archiveId,
    archiveName: z.string(),
    borgId: z.string(),
    scope: z.enum(DRILL_SCOPES),
    files: z.number().int(),
    /** Decides which files of the sample are read; 32 hexadecimal digits. */
    seed: z.string(),
    /** The machine that reads them, and its restore, which comes first. Absent: the storage node. */
    onto: z.object({ clientId, restoreJobId: idText }).optional(),
  }),
  "trash-archives": z.object({ archiveIds: z.array(archiveId) }),
  "bring-back-archives": z.object({ archiveIds: z.array(archiveId) }),
  "protect-archives": z.object({ archiveIds: z.array(archiveId), protected: z.boolean() }),
  prune: z.object({ planId }),
  compact: z.object({}),
  "roll-back": z.object({ incidentId: z.string().nullable(), transaction: z.number().int().nullable() }),
  "accept-state": z.object({ incidentId: z.string(), reason: z.string() }),
  "release-old-seals": z.object({}),
  "set-vault-rules": z.object({
    trashDays: z.number().int(),
    keepOldSealDays: z.number().int(),
    floorNewest: z.number().int(),
    floorWeeklyDays: z.number().int(),
  }),
  check: z.object({
    kind: z.enum(CHECK_KINDS),
    budgetSeconds: z.number().int(),
    everyDays: z.number().int().default(30),
  }),
  "break-lock": z.object({}),
  "move-repository": z.object({ location: z.string() }),
  "repair-repository": z.object({}),
  "undo-repair": z.object({}),
  "set-quota": z.object({ quotaBytes: z.number().int().nullable() }),
  "set-client-quota": z.object({ quotaBytes: z.number().int().nullable() }),
  "inspect-import": z.object({ importId: z.string() }),
  "adopt-repository": z.object({ importId: z.string() }),
  "mark-for-deletion": z.object({ graceDays: z.number().int() }),
  "undo-deletion": z.object({}),
  "delete-repository": z.object({}),
} as const satisfies Record<JobKind, z.ZodType>;
export type JobPayloadOf<K extends JobKind> = z.output<(typeof jobPayloads)[K]>;
export type JobPayload = JobPayloadOf<JobKind>;

/** What came of it, for the console. `backup` and `restore` are the agent's words (protocol v1 results, stored as sent). */
export type JobResult = { kind: string } & Record<string, unknown>;

/** Why a job failed. Codes of the agent protocol and of the keeper, and a few of our own. */
export const jobProblem = z.object({ code: z.string(), say: z.string() });
export type JobProblem = z.output<typeof jobProblem>;
