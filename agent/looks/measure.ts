import { lstat, opendir } from "node:fs/promises";

export type Tally = {
  files: number;
  directories: number;
  bytes: number;
  /** False: not all of it was counted. */
  counted: boolean;
};

export type MeasureOptions = {
  /** Not counted after this moment (`performance.now()`). */
  until: number;
  signal: AbortSignal;
  /** Not entered and not counted. */
  leaves: (path: string, stat: { dev: number; ino: number }) => boolean;
  /** A call into it may wait for ever: neither looked at nor entered, and the rest is then not all. */
  avoids: (path: string) => boolean;
  sameDevice: boolean;
};

/** Looks at so many entries at once. */
const AT_ONCE = 32;
const SLASH = Buffer.from("/");

type Stat = Awaited<ReturnType<typeof lstat>>;

/** What lies at and below a path, itself included: files of any kind, folders, bytes of regular files. Follows no links. */
export async function measure(start: string, options: MeasureOptions): Promise<Tally> {
  const tally: Tally = { files: 0, directories: 0, bytes: 0, counted: true };
  if (options.avoids(start)) return { ...tally, counted: false };
  const top = await lstat(start).catch(() => null);
  if (top === null) return { ...tally, counted: false };
  const folders: Buffer[] = [];
  const take = (path: Buffer, stat: Stat) => {
    const text = path.toString("utf8");
    if (options.leaves(text, { dev: Number(stat.dev), ino: Number(stat.ino) })) return;
    if (stat.isDirectory()) {
      tally.directories++;
      if (!options.sameDevice || stat.dev === top.dev) folders.push(path);
      return;
    }
    tally.files++;
    if (stat.isFile()) tally.bytes += Number(stat.size);
  };
  take(Buffer.from(start), top);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (!(await lookInto(folder, options, take))) tally.counted = false;
    if (performance.now() > options.until || options.signal.aborted) {
      if (folders.length > 0) tally.counted = false;
      return tally;
    }
  }
  return tally;
}

/** False: a part of the folder could not be looked at. */
async function lookInto(
  folder: Buffer,
  options: MeasureOptions,
  take: (path: Buffer, stat: Stat) => void,
): Promise<boolean> {
  let all = true;
  const look = async (batch: Buffer[]) => {
    const stats = await Promise.all(batch.map((path) => lstat(path).catch(() => null)));
    stats.forEach((stat, i) => {
      const path = batch[i];
      if (stat && path) take(path, stat);
    });
  };
  try {
    let batch: Buffer[] = [];
    // A name is bytes: latin1 keeps each of them as one character.
    for await (const entry of await opendir(folder, { encoding: "latin1", bufferSize: 256 })) {
      const path = Buffer.concat([folder, SLASH, Buffer.from(entry.name, "latin1")]);
      if (options.avoids(path.toString("utf8"))) {
        all = false;
        continue;
      }
      batch.push(path);
      if (batch.length < AT_ONCE) continue;
      await look(batch);
      batch = [];
      if (performance.now() > options.until || options.signal.aborted) return false;
    }
    await look(batch);
    return all;
  } catch {
    // Not readable for this account, or gone meanwhile.
    return false;
  }
}
