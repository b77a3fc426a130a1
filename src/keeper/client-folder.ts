import { chmod, chown, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Keeper } from "./keeper";

/** The folder of a client's repositories in a location: its group may pass through, only root changes what is in it. May run twice. */
export async function makeClientFolder(
  keeper: Pick<Keeper, "root" | "clients">,
  clientId: string,
  repositoryPath: string,
): Promise<void> {
  const folder = dirname(repositoryPath);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  if (!keeper.root) return;
  await chown(folder, 0, keeper.clients.accountsOf(clientId).serve.gid);
  await chmod(folder, 0o750);
}
