import { constants } from "node:fs";
import { chmod, chown, mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ID_BYTES } from "~/borg/segment";
import { Breather } from "./breather";
import { compareIds, IdFileReader, IdFileWriter, viewOf } from "./id-file";
import { readLivingIds } from "./living-ids";

/** Looking one id up costs about as much as reading so much of a list from front to back. */
const BYTES_PER_LOOKUP = 64 * 1024;
/** A list that is at most so many times as long as what is added is merged with it: lists stay few, each id is copied few times. */
const MERGE_RATIO = 2;

const ID_FILE = /^([0-9]{1,15})\.ids$/;

/**
 * The ids of all objects stored in a repository, except the manifest's, as lists on disk (`<n>.ids`, see id-file); together they are
 * the set. The gate reads them, only the keeper writes. A crash leaves a readable set: a list appears whole, and lists that were
 * merged go only after the merged one is there. Callers hold a lease of the repository that keeps other writers and sessions away.
 */
export class KnownObjects {
  readonly #folder: string;
  readonly #owner: { uid: number; gid: number } | null;

  /** `owner`: root and the client's group; null where the keeper is not root. */
  constructor(folder: string, owner: { uid: number; gid: number } | null) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Paths of the lists, oldest first. Empty: nothing is known. */
  async files(): Promise<string[]> {
    return (await this.#numbers()).map((n) => this.#path(n));
  }

  /** Adds ids: distinct, in order of their bytes, 32 bytes each. May run twice. */
  async add(sortedIds: Buffer, signal?: AbortSignal): Promise<void> {
    await this.#makeFolder();
    if (sortedIds.length === 0) return;
    const numbers = await this.#numbers();
    const added = (numbers.at(-1) ?? 0) + 1;
    const breather = new Breather(signal);
    await this.#write(added, async (writer) => {
      const view = viewOf(sortedIds);
      for (let at = 0; at < sortedIds.length; at += ID_BYTES) {
        writer.add(view, at);
        if ((at & 0xffff) === 0 && breather.isOverdue()) await breather.rest();
      }
    });
    await this.#merge([...numbers, added], breather);
  }

  /** Replaces the set by what the committed segments of a repository hold. For after maintenance and accepted changes. */
  async rebuild(repositoryPath: string, signal?: AbortSignal): Promise<void> {
    await this.#makeFolder();
    const numbers = await this.#numbers();
    await this.#write((numbers.at(-1) ?? 0) + 1, (writer) =>
      readLivingIds(repositoryPath, (view, at) => writer.add(view, at), signal),
    );
    await this.#remove(numbers);
  }

  async has(id: Buffer): Promise<boolean> {
    return (await this.find(id))[0] === 1;
  }

  /** For each of the sorted ids 1 when it is known, else 0. */
  async find(sortedIds: Buffer, signal?: AbortSignal): Promise<Uint8Array> {
    const found = new Uint8Array(sortedIds.length / ID_BYTES);
    const breather = new Breather(signal);
    for (const path of await this.files()) {
      const reader = new IdFileReader(path);
      try {
        const isFew = found.length * BYTES_PER_LOOKUP < reader.count * ID_BYTES;
        await (isFew ? lookUp : readThrough)(reader, viewOf(sortedIds), found, breather);
      } finally {
        reader.close();
      }
    }
    return found;
  }

  async #merge(numbers: number[], breather: Breather): Promise<void> {
    const readers: IdFileReader[] = [];
    try {
      let total = 0;
      for (const n of numbers.toReversed()) {
        const reader = new IdFileReader(this.#path(n));
        readers.push(reader);
        if (readers.length > 1 && reader.count > total * MERGE_RATIO) {
          readers.pop()?.close();
          break;
        }
        total += reader.count;
      }
      if (readers.length < 2) return;
      const merged = (numbers.at(-1) ?? 0) + 1;
      await this.#write(merged, (writer) => mergeInto(writer, readers, breather));
      await this.#remove(numbers.slice(-readers.length));
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  async #write(n: number, fill: (writer: IdFileWriter) => Promise<void>): Promise<void> {
    const writer = new IdFileWriter(this.#path(n), this.#owner);
    try {
      await fill(writer);
      await writer.finish();
    } catch (error) {
      writer.abandon();
      throw error;
    }
    await this.#sync();
  }

  async #remove(numbers: readonly number[]): Promise<void> {
    for (const n of numbers) await rm(this.#path(n), { force: true });
    await this.#sync();
  }

  async #makeFolder(): Promise<void> {
    // The folder of all repositories' lists as well: the gate passes through it.
    for (const folder of [dirname(this.#folder), this.#folder]) {
      await mkdir(folder, { recursive: true, mode: 0o750 });
      if (this.#owner) await chown(folder, this.#owner.uid, this.#owner.gid);
      await chmod(folder, 0o750);
    }
    for (const name of await readdir(this.#folder))
      if (name.endsWith(".new")) await rm(join(this.#folder, name), { force: true });
  }

  async #sync(): Promise<void> {
    const folder = await open(this.#folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async #numbers(): Promise<number[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names
      .flatMap((name) => ID_FILE.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  #path(n: number): string {
    return join(this.#folder, `${n}.ids`);
  }
}

async function lookUp(reader: IdFileReader, ids: DataView, found: Uint8Array, breather: Breather) {
  let low = 0;
  for (let i = 0; i < found.length; i++) {
    const { place, isFound } = reader.find(ids, i * ID_BYTES, low);
    if (isFound) found[i] = 1;
    low = place;
    if (breather.isOverdue()) await breather.rest();
  }
}

async function readThrough(reader: IdFileReader, ids: DataView, found: Uint8Array, breather: Breather) {
  let steps = 0;
  let more = reader.next();
  for (let i = 0; i < found.length && more; ) {
    const order = compareIds(reader.view, reader.at, ids, i * ID_BYTES);
    if (order === 0) found[i] = 1;
    if (order < 0) more = reader.next();
    else i++;
    if ((++steps & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
}

async function mergeInto(writer: IdFileWriter, readers: readonly IdFileReader[], breather: Breather) {
  let open = readers.filter((reader) => reader.next());
  for (let steps = 1; open.length > 0; steps++) {
    let least = open[0];
    for (const reader of open)
      if (least && compareIds(reader.view, reader.at, least.view, least.at) < 0) least = reader;
    if (!least) return;
    writer.add(least.view, least.at);
    if (!least.next()) open = open.filter((reader) => reader !== least);
    if ((steps & 0xfff) === 0 && breather.isOverdue()) await breather.rest();
  }
}
