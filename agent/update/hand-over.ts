import type { AgentFolder } from "../agent-folder";
import { readCurrent, writeCurrent } from "../launcher/current-version";
import { versionNameOf } from "../launcher/program-folder";
import { keepVitalFiles } from "./kept-files";
import { forgetPending, type PendingUpdate, writePending } from "./pending-update";
import { noteStep } from "./steps";
import type { UpdateGround } from "./update-ground";

/**
 * Makes the new version the one to run, unconfirmed. First it is written down whose job it is, then the choice: whatever is cut off between
 * the two, the version that runs next finds out what became of it (settleUpdate).
 */
export async function handOver(
  folder: AgentFolder,
  ground: UpdateGround,
  pending: PendingUpdate,
): Promise<void> {
  const { program, ownFile } = ground;
  const current = await readCurrent(program);
  try {
    noteStep("recording");
    await keepVitalFiles(folder);
    await writePending(folder, pending);
    noteStep("switching");
    const before = versionNameOf(ownFile);
    await writeCurrent(program, { name: pending.name, confirmed: false, before, starts: 0 });
    noteStep("handing-over");
  } catch (error) {
    // On a full disk: the job ends here, so nothing of it may be found by the next start.
    await forgetPending(folder);
    if ((await readCurrent(program))?.name === pending.name) await writeCurrent(program, current);
    throw error;
  }
}
