import { z } from "zod";
import { releaseKey, releaseVersion } from "~/protocol/release";
import { logLine } from "~/protocol/v1";
import type { AgentFolder } from "../agent-folder";
import { readIfThere, removeDurably, writeDurably } from "../durable-file";
import { isVersionName } from "../launcher/program-folder";
import { parseJson } from "../parse-json";

/** An update that is past the point from which the version that runs next, whichever it is, tells how it ended. */
const pendingUpdate = z.object({
  jobId: z.string(),
  lease: z.number().int(),
  /** The version to come, as its folder is called. */
  name: z.string().refine(isVersionName),
  from: releaseVersion,
  to: releaseVersion,
  /** The release keys to trust once it is confirmed. */
  keysAfter: z.array(releaseKey).max(8),
  /** What is known of borgs (borg-program). */
  borgs: z.array(
    z.tuple([
      z.string(),
      z.object({ major: z.number(), minor: z.number(), patch: z.number(), text: z.string() }),
    ]),
  ),
  startedAt: z.string().optional(),
  /** Lines of its log that did not go out any more. */
  log: z.array(logLine),
});
export type PendingUpdate = z.infer<typeof pendingUpdate>;

export async function readPending(folder: AgentFolder): Promise<PendingUpdate | null> {
  return pendingUpdate.safeParse(parseJson((await readIfThere(folder.update)) ?? "")).data ?? null;
}

export async function writePending(folder: AgentFolder, pending: PendingUpdate): Promise<void> {
  await writeDurably(folder.update, JSON.stringify(pending));
}

export async function forgetPending(folder: AgentFolder): Promise<void> {
  await removeDurably(folder.update);
}
