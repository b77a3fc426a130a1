import { randomBytes } from "node:crypto";
import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreOrder } from "~/protocol/v1";
import { type Aftermath, keepAftermath } from "../aftermath";
import { errorCode } from "../durable-file";
import { allowedTarget, openTarget } from "../tasks/restore-target";
import type { TaskContext } from "../tasks/task";
import { type PinnedFolder, pinFolder } from "./pinned-folder";
import { makePlain } from "./plain-owners";
import { emptyFolder } from "./stages";

export interface Scratch {
  folder: PinnedFolder;
  /** Removes it with all that is in it. What stayed, where something could not be removed: the next start of the agent tries again. */
  remove(): Promise<string | null>;
}

/**
 * Makes a folder below the restore folder of the machine's policy, for what is removed again. That it has to go is on disk before it is made: after
 * a kill -9 or a power cut the next start removes it (settle-aftermath). Its name is drawn here, so that no order can name a folder that is
 * there already.
 */
export async function openScratch(order: RestoreOrder, context: TaskContext): Promise<Scratch> {
  const { folder, policy } = context;
  const name = `.bbs-drill-${order.jobId}-${randomBytes(6).toString("hex")}`;
  const target = { kind: "folder", path: join(policy.policy.restoreFolder, name) } as const;
  const allowed = await allowedTarget({ ...order, target }, policy, folder);
  const left: Aftermath = {
    ...{ jobId: order.jobId, planId: "", archiveName: order.archive.name, process: null },
    ...{ hooks: [], containers: [], snapshots: [], copies: [], scratch: allowed.path },
  };
  await keepAftermath(folder, left);
  const opened = await openTarget(allowed);
  return {
    folder: opened,
    async remove() {
      await opened.handle.close();
      try {
        await removePrivateFolder(allowed.path);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        context.log(
          "error",
          `${allowed.path} could not be removed; the agent tries again at its start. ${why}`,
        );
        return allowed.path;
      }
      left.scratch = null;
      await keepAftermath(folder, left);
      return null;
    },
  };
}

/**
 * Removes a folder that this agent made for itself, with all that is in it, whatever modes it has. One that is gone is removed. Throws for what
 * stands there and is not private to this account: it is not the folder that was made.
 */
export async function removePrivateFolder(path: string): Promise<void> {
  const folder = await pinFolder(path);
  if (folder === null) {
    // Gone; what else stands there by now is not ours.
    await rmdir(path).catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
    return;
  }
  try {
    const { uid, mode } = await folder.handle.stat();
    if (uid !== (process.geteuid?.() ?? uid) || (mode & 0o077) !== 0)
      throw new Error("It is not private to this agent any more.");
    // Folders that their owner may not write to cannot be emptied, except by root.
    await makePlain(Buffer.from(folder.path), () => undefined);
    await emptyFolder(folder);
  } finally {
    await folder.handle.close();
  }
  await rmdir(path);
}
