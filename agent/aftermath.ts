import { join } from "node:path";
import { z } from "zod";
import { hookOrder } from "~/protocol/backup-extras";
import type { AgentFolder } from "./agent-folder";
import { namesIn, readIfThere, removeDurably, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";
import { snapshotRecord } from "./snapshots/snapshot";

/**
 * What has to be put back in order after a backup or a drill, however it ends. It is on disk before anything is changed: after a kill -9, a crash or a
 * power cut the next start does what is left (see settle-aftermath). No secret and no command is in it, only names.
 */
export const aftermath = z.object({
  jobId: z.string().regex(/^[a-z0-9]{1,20}$/),
  planId: z.string(),
  archiveName: z.string(),
  /** Scripts that still have to run, in this order. */
  hooks: z.array(hookOrder),
  /** Containers that still have to be started. */
  containers: z.array(z.object({ engine: z.string(), id: z.string(), name: z.string() })),
  /** File-system snapshots that still have to be removed. */
  snapshots: z.array(snapshotRecord),
  /** Folders with a private copy of a SQLite database. */
  copies: z.array(z.string()),
  /** The private folder into which a drill restores. */
  scratch: z.string().nullable().default(null),
  /** The script that is running, if one is. */
  process: z.object({ pid: z.number().int().positive(), identity: z.string() }).nullable(),
});
export type Aftermath = z.infer<typeof aftermath>;

/** Writes of one record, one after the other: two at once would exchange each other's file. */
const writing = new WeakMap<Aftermath, Promise<void>>();

/** Resolves when it is on disk as it is by then. With nothing left to do the file goes. */
export function keepAftermath(folder: AgentFolder, left: Aftermath): Promise<void> {
  const before = writing.get(left) ?? Promise.resolve();
  const written = before.catch(() => undefined).then(() => write(folder, left));
  writing.set(left, written);
  return written;
}

async function write(folder: AgentFolder, left: Aftermath): Promise<void> {
  const path = pathOf(folder, left.jobId);
  const { hooks, containers, snapshots, copies } = left;
  const open = hooks.length + containers.length + snapshots.length + copies.length;
  if (open > 0 || left.scratch !== null || left.process !== null)
    await writeDurably(path, JSON.stringify(left));
  else if ((await readIfThere(path)) !== null) await removeDurably(path);
}

/** What earlier starts of the agent left undone. A file that cannot be read is told and left for a person: it may hold a stopped container. */
export async function leftAftermaths(
  folder: AgentFolder,
  note: (text: string) => void,
): Promise<Aftermath[]> {
  const left: Aftermath[] = [];
  for (const name of await namesIn(folder.aftermath)) {
    if (!name.endsWith(".json")) continue;
    const path = join(folder.aftermath, name);
    const parsed = aftermath.safeParse(parseJson((await readIfThere(path)) ?? ""));
    if (parsed.success) left.push(parsed.data);
    else
      note(
        `${path} cannot be read: look whether a container or script of that backup is still to be started.`,
      );
  }
  return left;
}

function pathOf(folder: AgentFolder, jobId: string): string {
  return join(folder.aftermath, `${jobId}.json`);
}
