import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { reportRequest } from "~/protocol/v1";
import type { AgentFolder } from "./agent-folder";
import { isNoSuchFile, readIfThere, removeDurably, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";

/**
 * A finished job, kept until the server says that it has it. `log` may hold more lines than fit into one report. No secret is in
 * it: passphrases are never part of a result or a log line.
 */
export const storedResult = z.object({
  jobId: z.string().regex(/^[a-z0-9]{1,20}$/),
  report: reportRequest.omit({ log: true }),
  log: reportRequest.shape.log.element.array(),
});
export type StoredResult = z.infer<typeof storedResult>;

/** Resolves when the result is on disk: from then on a kill, a crash or a reboot cannot lose it. Replaces an earlier one of the job. */
export async function keepResult(folder: AgentFolder, result: StoredResult): Promise<void> {
  await writeDurably(resultPath(folder, result.jobId), JSON.stringify(result));
}

export async function forgetResult(folder: AgentFolder, jobId: string): Promise<void> {
  await removeDurably(resultPath(folder, jobId));
}

/** Every result that still waits. A damaged file is set aside, never sent and never in the way. */
export async function keptResults(folder: AgentFolder): Promise<StoredResult[]> {
  const results: StoredResult[] = [];
  let names: string[];
  try {
    names = (await readdir(folder.results)).sort();
  } catch (error) {
    if (isNoSuchFile(error)) return [];
    throw error;
  }
  for (const name of names) {
    if (!name.endsWith(".json")) continue;
    const parsed = storedResult.safeParse(parseJson((await readIfThere(join(folder.results, name))) ?? ""));
    if (parsed.success) results.push(parsed.data);
    else await removeDurably(join(folder.results, name));
  }
  return results;
}

function resultPath(folder: AgentFolder, jobId: string): string {
  return join(folder.results, `${jobId}.json`);
}
