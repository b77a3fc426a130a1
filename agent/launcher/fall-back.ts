import type { AgentFolder } from "../agent-folder";
import { writeDurably } from "../durable-file";
import { putBackKept } from "../update/kept-files";
import { noteStep } from "../update/steps";
import { type CurrentVersion, writeCurrent } from "./current-version";
import type { ProgramFolder } from "./program-folder";

/** Why a version did not stay; read by the agent that runs again, which tells the server. */
export type FallenBack = {
  name: string;
  why: "crashed" | "hung" | "out-of-memory";
  say: string;
  tail: string;
};

/**
 * Makes the version before the one to run. First why, then what the new one lost or changed of the agent's own files, then the choice: cut
 * off anywhere, the next start of the launcher does it again or finds it done.
 */
export async function fallBack(
  program: ProgramFolder,
  folder: AgentFolder,
  current: Extract<CurrentVersion, { confirmed: false }>,
  fallen: FallenBack,
): Promise<void> {
  noteStep("telling-why");
  await writeDurably(folder.fallenBack, JSON.stringify(fallen)).catch(noteTrouble);
  noteStep("putting-back");
  await putBackKept(folder).catch(noteTrouble);
  noteStep("falling-back");
  if (current.before === null) return writeCurrent(program, null);
  // Removing needs no room on a full disk; then the installed one runs.
  await writeCurrent(program, { name: current.before, confirmed: true }).catch(() =>
    writeCurrent(program, null),
  );
}

/** That an agent runs again comes before everything that is told of it. */
function noteTrouble(error: unknown): void {
  process.stderr.write(`update: ${error}\n`);
}
