import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ZipFile } from "yazl";
import { MOST_ZIP_FILES } from "~/domain/download";
import { Refusal } from "~/domain/refusal";
import { zipNames } from "~/domain/safe-name";
import { leftOutList } from "./left-out";
import type { Outlet } from "./open-outlet";
import type { TarEntry } from "./read-tar";
import type { Sent } from "./send-one-file";

/** The files of hard links are asked for by their further names: one more call for each name that one file has. */
const MOST_LINK_ROUNDS = 20;

/** Above this the sizes of an entry are written with 64 bits. What does not shrink grows by a little, so well below 4 GiB. */
const BIG_BYTES = 4_000_000_000;

/** What `unzip` can write: before 1980 zip has no dates, and after 2037 many programs have none. */
const OLDEST = Date.UTC(1980, 0, 2);
const NEWEST = Date.UTC(2037, 11, 31);

/** The least effort of deflate: what compresses well shrinks, and one core still feeds a fast line. */
const COMPRESSION = 1;

/**
 * A zip of what comes, written while it is sent. Names are made safe for who unpacks it (`domain/safe-name`); what a zip cannot hold safely
 * (symbolic links, devices, pipes) is left out and listed in a text beside the rest. A further name of a hard link becomes a file of its own.
 * `open` gives the files of some paths of the archive, or all that was asked for. Refuses invalid-input for more files than a zip may have.
 */
export async function sendZip(
  open: (paths: readonly Buffer[] | null) => AsyncIterable<TarEntry>,
  outlet: Outlet,
): Promise<Sent & { leftOut: number }> {
  const zip = new ZipFile();
  const failed = failure();
  zip.on("error", failed.fail);
  const sending = sendAll(zip.outputStream, outlet);
  sending.catch(failed.fail);
  const filling = fill(zip, open);
  filling.catch(failed.fail);
  const sent = await Promise.race([filling, failed.promise]);
  zip.end();
  await Promise.race([sending, failed.promise]);
  return sent;
}

async function sendAll(stream: NodeJS.ReadableStream, outlet: Outlet): Promise<void> {
  let begun = false;
  for await (const piece of stream) {
    if (!begun) await outlet.begin(null);
    begun = true;
    await outlet.send(Buffer.from(piece));
  }
}

async function fill(
  zip: ZipFile,
  open: (paths: readonly Buffer[] | null) => AsyncIterable<TarEntry>,
): Promise<Sent & { leftOut: number }> {
  const names = zipNames();
  const leftOut = leftOutList();
  const sent = { files: 0, bytes: 0 };
  const links: TarEntry[] = [];
  const addFile = async (entry: TarEntry) => {
    const name = names.file(entry.path);
    if (name === null) return leftOut.add(entry, "it has no name");
    if (++sent.files > MOST_ZIP_FILES) throw tooMany();
    sent.bytes += entry.bytes;
    const data = Readable.from(entry.data, { objectMode: false });
    zip.addReadStream(data, name, {
      ...{ size: entry.bytes, mtime: dateOf(entry), mode: 0o100000 | (entry.mode & 0o755) | 0o600 },
      ...{ compressionLevel: COMPRESSION, forceZip64Format: entry.bytes >= BIG_BYTES },
    });
    await finished(data);
  };
  for await (const entry of open(null)) {
    if (entry.type === "file") await addFile(entry);
    else if (entry.type === "link") links.push(entry);
    else if (entry.type !== "directory") leftOut.add(entry);
    else {
      const name = names.folder(entry.path);
      if (name !== null) zip.addEmptyDirectory(name, { mtime: dateOf(entry) });
    }
    if (links.length + sent.files > MOST_ZIP_FILES) throw tooMany();
  }
  for (const round of linkRounds(links)) {
    const missing = new Set(round.map(({ path }) => path.toString("latin1")));
    for await (const entry of open(round.map(({ path }) => path))) {
      if (entry.type !== "file" || !missing.delete(entry.path.toString("latin1"))) continue;
      await addFile(entry);
    }
    for (const link of round) if (missing.has(link.path.toString("latin1"))) leftOut.add(link);
  }
  for (const link of linksBeyond(links)) leftOut.add(link);
  if (leftOut.count() > 0) {
    zip.addBuffer(leftOut.text(), names.file(Buffer.from("LEFT OUT.txt")) ?? "LEFT OUT.txt");
  }
  return { ...sent, leftOut: leftOut.count() };
}

/** By file: its first further names, its second ones and so on, so that no two of one round are the same file. */
function linkRounds(links: readonly TarEntry[]): TarEntry[][] {
  const rounds: TarEntry[][] = [];
  for (const [link, nth] of numbered(links)) {
    if (nth >= MOST_LINK_ROUNDS) continue;
    rounds[nth] ??= [];
    rounds[nth]?.push(link);
  }
  return rounds;
}

function linksBeyond(links: readonly TarEntry[]): TarEntry[] {
  return [...numbered(links)].filter(([, nth]) => nth >= MOST_LINK_ROUNDS).map(([link]) => link);
}

function* numbered(links: readonly TarEntry[]): Generator<[TarEntry, number]> {
  const seen = new Map<string, number>();
  for (const link of links) {
    const file = link.target.toString("latin1");
    const nth = seen.get(file) ?? 0;
    seen.set(file, nth + 1);
    yield [link, nth];
  }
}

function failure() {
  let fail: (problem: unknown) => void = () => {};
  const promise = new Promise<never>((_, reject) => {
    fail = reject;
  });
  promise.catch(() => undefined);
  return { promise, fail: (problem: unknown) => fail(problem) };
}

function dateOf({ modified }: TarEntry): Date {
  return new Date(Math.min(Math.max(modified * 1000, OLDEST), NEWEST));
}

function tooMany(): Refusal {
  return new Refusal("invalid-input", {
    say: `A zip holds at most ${MOST_ZIP_FILES.toLocaleString("en")} files here. Take a tar.zst, which has no such limit.`,
  });
}
