import { join } from "node:path";
import { z } from "zod";
import type { AgentFolder } from "../agent-folder";
import { readIfThere, removeDurably, writeDurably } from "../durable-file";
import { parseJson } from "../parse-json";

/** How far a restore is, on disk: a job that resumes it goes on from here. Names nothing that is not in the order again. */
const restoreRecord = z.object({
  /** The system's start in which it ran: after another one, what was not on disk yet may be lost. Null: it cannot tell. */
  bootId: z.string().nullable(),
  /** Where it writes; a resumed one writes there and nowhere else. */
  target: z.string(),
  /** Parts that are extracted whole. */
  partsDone: z.number().int().nonnegative(),
  /** Everything is extracted and on disk, and is being moved to its places. */
  placing: z.boolean(),
});
export type RestoreRecord = z.infer<typeof restoreRecord>;

export async function readRestoreRecord(folder: AgentFolder, jobId: string): Promise<RestoreRecord | null> {
  const parsed = restoreRecord.safeParse(parseJson((await readIfThere(recordPath(folder, jobId))) ?? ""));
  return parsed.success ? parsed.data : null;
}

export async function keepRestoreRecord(
  folder: AgentFolder,
  jobId: string,
  record: RestoreRecord,
): Promise<void> {
  await writeDurably(recordPath(folder, jobId), JSON.stringify(record));
}

/** It is done: nothing can go on from it any more. */
export async function forgetRestoreRecord(folder: AgentFolder, jobId: string): Promise<void> {
  await removeDurably(recordPath(folder, jobId));
}

/** Changes with every start of the system; null where it does not tell. */
export async function bootId(): Promise<string | null> {
  return (await readIfThere("/proc/sys/kernel/random/boot_id"))?.trim() ?? null;
}

function recordPath(folder: AgentFolder, jobId: string): string {
  return join(folder.restores, `${jobId}.json`);
}
