import { z } from "zod";
import { ID_TEXT } from "./id-text";

/**
 * Ids are 16 characters of `[a-z0-9]` (80 bits, made by `server/db/new-id`). They stand in Unix account names, directory
 * names and keeper calls, so nothing else may pass: at most 20 keeps `bbs-<id>` far below Linux's 32.
 */
export const idText = z.string().regex(ID_TEXT, "is not an id");

export type ClientId = string & z.BRAND<"ClientId">;
export const clientId = idText.brand<"ClientId">();
export type RepositoryId = string & z.BRAND<"RepositoryId">;
export const repositoryId = idText.brand<"RepositoryId">();
export type PlanId = string & z.BRAND<"PlanId">;
export const planId = idText.brand<"PlanId">();
export type JobId = string & z.BRAND<"JobId">;
export const jobId = idText.brand<"JobId">();
export type RunId = string & z.BRAND<"RunId">;
export const runId = idText.brand<"RunId">();
export type ArchiveId = string & z.BRAND<"ArchiveId">;
export const archiveId = idText.brand<"ArchiveId">();
export type UserId = string & z.BRAND<"UserId">;
export const userId = idText.brand<"UserId">();
export type StorageNodeId = string & z.BRAND<"StorageNodeId">;
export const storageNodeId = idText.brand<"StorageNodeId">();
