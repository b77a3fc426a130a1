import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { demandRoom } from "../demand-room";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import {
  copyWhole,
  keepNewest,
  listKept,
  MOST_A_DAY,
  madeWithinADay,
  nameAt,
} from "../self-backup/keep-newest";
import { NODE_FILES } from "../self-backup/node-files";
import { writeSealed } from "../self-backup/write-sealed";
import { syncPath } from "../sync-path";
import { whenMissing } from "../when-missing";

/** Asked for while one is written: the second waits for nobody and is refused. */
let writing = false;

/**
 * One file in the vault of the main location, and a copy in that of every other. What the worker sends is never taken for one of the
 * keeper's files: it stands in records of its own kind.
 */
export const selfBackup: Verb<"self-backup"> = async (keeper, input, signal, _send, receive) => {
  if (!receive) throw new Error("a self-backup needs the server's part");
  if (writing) throw new KeeperRefuses("not-allowed", "A self-backup is being made already.");
  writing = true;
  try {
    return await write(keeper, Buffer.from(input.recoveryKey, "base64"), signal, receive());
  } finally {
    writing = false;
  }
};

async function write(
  keeper: Keeper,
  recoveryKey: Buffer,
  signal: AbortSignal,
  server: AsyncIterable<Buffer>,
) {
  await demandRoom(keeper, 0);
  const now = keeper.now();
  const folder = keeper.paths.selfBackupsAt(keeper.paths.data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await keepNewest(folder, now);
  if (madeWithinADay(await listKept(folder), now) >= MOST_A_DAY)
    throw new KeeperRefuses(
      "not-allowed",
      `${MOST_A_DAY} self-backups were made within a day. Wait until tomorrow.`,
    );
  const name = nameAt(now);
  const path = join(folder, name);
  const unfinished = `${path}.unfinished`;
  const sealed = await writeSealed(unfinished, recoveryKey, now);
  let bytes: number;
  try {
    for await (const piece of server) {
      signal.throwIfAborted();
      await sealed.add("server", piece);
    }
    signal.throwIfAborted();
    for (const file of NODE_FILES.keys()) await addFile(keeper, sealed, file);
    await sealed.add("end", Buffer.alloc(0));
    bytes = await sealed.finish();
    await sealed.close();
    await rename(unfinished, path);
    await syncPath(folder);
  } catch (error) {
    await sealed.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
  await keepNewest(folder, now);
  const locations = await copyElsewhere(keeper, path, name, now);
  return { name, bytes, locations, kept: (await listKept(folder)).slice(0, 100) };
}

async function addFile(keeper: Keeper, sealed: Awaited<ReturnType<typeof writeSealed>>, name: string) {
  const path = join(keeper.paths.data, name);
  const found = await stat(path).catch(whenMissing);
  if (!found?.isFile() || found.size === 0) return;
  await sealed.add("file", Buffer.from(name));
  // No further than now: the session ledger grows while it is read.
  for await (const piece of createReadStream(path, { end: found.size - 1 })) await sealed.add("bytes", piece);
}

/** A location whose disk is full or away keeps the others from nothing. */
async function copyElsewhere(keeper: Keeper, path: string, name: string, now: Date): Promise<string[]> {
  const locations: string[] = [];
  for (const location of keeper.locations.usable()) {
    const folder = keeper.paths.selfBackupsAt(location.root);
    try {
      if (folder !== dirname(path)) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await keepNewest(folder, now);
        await copyWhole(path, join(folder, name));
        await keepNewest(folder, now);
      }
      locations.push(location.name);
    } catch (error) {
      console.error(`the self-backup could not be copied to the location ${location.name}:`, error);
    }
  }
  return locations;
}
