import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Looked at while borg is already at later files; more than this many wait, then borg's output waits too. */
const MOST_WAITING = 2000;

/**
 * Counts what a restore really wrote: every path that borg names is looked at on disk, when borg has gone on to the next one. A
 * name that borg prints with `?` for a byte that is not UTF-8 is found by its other bytes. Hard links count as files each, their
 * bytes once.
 */
export function countWritten(onWritten: (path: string) => void) {
  let target = "/";
  const counted = { files: 0, directories: 0, bytes: 0 };
  const linked = new Set<string>();
  const seenOdd = new Set<string>();
  const queue: string[] = [];
  let working: Promise<void> | null = null;
  let previous: string | null = null;

  const count = async (path: string) => {
    const found = await findItem(target, path, seenOdd);
    if (found === null) return;
    onWritten(path);
    if (found.isDirectory()) {
      counted.directories++;
      return;
    }
    counted.files++;
    if (!found.isFile()) return;
    if (found.nlink > 1) {
      const key = `${found.dev}:${found.ino}`;
      if (linked.has(key)) return;
      linked.add(key);
    }
    counted.bytes += found.size;
  };
  const work = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) await count(path);
    working = null;
  };
  const look = (path: string) => {
    queue.push(path);
    working ??= work();
  };

  const finish = async () => {
    if (previous !== null) look(previous);
    previous = null;
    await working;
    return counted;
  };

  return {
    counted,
    /** borg begins to write this path; the one before it is complete. */
    begins(path: string) {
      if (previous !== null) look(previous);
      previous = path;
    },
    /** With what there is of the file that borg is at. */
    async bytesSoFar() {
      const found = previous === null ? null : await lstat(join(target, previous)).catch(() => null);
      return counted.bytes + (found?.isFile() ? found.size : 0);
    },
    whenBehind: () => (queue.length > MOST_WAITING ? working : null),
    /** From here on paths are below this folder. */
    async into(folder: string) {
      await finish();
      target = folder;
    },
    finish,
  };
}

/** Looks at what borg names; a name with question marks in place of bytes is found by its other bytes, each once (`seenOdd`). */
export async function findItem(target: string, path: string, seenOdd: Set<string>) {
  try {
    return await lstat(join(target, path));
  } catch {
    // Not written, or a name that borg could only print with question marks.
    return path.includes("?") ? findOddItem(target, path, seenOdd) : null;
  }
}

async function findOddItem(target: string, path: string, seenOdd: Set<string>) {
  let places: Buffer[] = [Buffer.from(target)];
  for (const part of path.split("/")) {
    const next: Buffer[] = [];
    for (const place of places) {
      for (const name of await readdir(place, { encoding: "buffer" }).catch(() => [])) {
        if (isShownAs(name, part)) next.push(Buffer.concat([place, Buffer.from("/"), name]));
      }
    }
    places = next;
  }
  const fresh = places.find((place) => !seenOdd.has(place.toString("latin1")));
  if (fresh === undefined) return null;
  seenOdd.add(fresh.toString("latin1"));
  return lstat(fresh);
}

/** Whether borg shows the name as `text`: the same bytes, but for a `?` in place of each byte that is not UTF-8. */
export function isShownAs(name: Uint8Array, text: string): boolean {
  const shown = Buffer.from(text);
  return (
    shown.length === name.length &&
    shown.every((byte, i) => byte === name[i] || (byte === 0x3f && (name[i] ?? 0) >= 0x80))
  );
}
