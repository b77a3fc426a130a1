import { z } from "zod";
import type { AgentFolder } from "./agent-folder";
import { appendDurably, readIfThere } from "./durable-file";
import { parseJson } from "./parse-json";

const made = z.object({ borgId: z.string(), repositoryId: z.string(), name: z.string(), madeAt: z.string() });
export type ArchiveMade = z.infer<typeof made>;

/**
 * Remembers an archive that this agent made itself. Restores to original places are done from these only: a server that knows the
 * passphrase could otherwise forge an archive and have it written over the system.
 */
export async function rememberArchive(folder: AgentFolder, archive: ArchiveMade): Promise<void> {
  await appendDurably(folder.archivesMade, JSON.stringify(archive));
}

/** Whether this agent made the archive in that repository. A torn last line (power cut) counts as not made. */
export async function madeHere(folder: AgentFolder, repositoryId: string, borgId: string): Promise<boolean> {
  const text = (await readIfThere(folder.archivesMade)) ?? "";
  return text.split("\n").some((line) => {
    const archive = made.safeParse(parseJson(line));
    return archive.success && archive.data.borgId === borgId && archive.data.repositoryId === repositoryId;
  });
}
