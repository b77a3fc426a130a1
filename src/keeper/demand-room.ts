import { statfs } from "node:fs/promises";
import type { Keeper } from "./keeper";
import { KeeperRefuses } from "./refusal";
import { DISK_IS_FULL } from "./run-server-borg";

/** Copies for a restore never take the storage's last room: backups of all clients need it. */
export const LEAST_FREE_BYTES = 1024 ** 3;

/** Refuses `disk-full` when so much does not fit beside the backups. */
export async function demandRoom(keeper: Pick<Keeper, "paths">, bytes: number | null): Promise<void> {
  const { bavail, bsize } = await statfs(keeper.paths.data);
  if (bavail * bsize - (bytes ?? 0) >= LEAST_FREE_BYTES) return;
  throw new KeeperRefuses("disk-full", `What was selected does not fit beside the backups. ${DISK_IS_FULL}`);
}
