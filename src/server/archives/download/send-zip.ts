import { once } from "node:events";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { TarMember, TarSink } from "~/borg/tar-reader";
import { MOST_ZIP_FILES } from "~/domain/download";
import { Refusal } from "~/domain/refusal";
import { zipNames } from "~/domain/safe-name";
import { leftOutList } from "./left-out";
import { linkRounds } from "./link-rounds";
import type { Outlet } from "./open-outlet";
import type { Sent } from "./send-one-file";

/** Above this the sizes of an entry are written with 64 bits. What does not shrink grows by a little, so well below 4 GiB. */
const BIG_BYTES = 4_000_000_000;

/** Before 1980 a zip has no dates, and after 2037 many programs have none. */
const OLDEST = Date.UTC(1980, 0, 2);
const NEWEST = Date.UTC(2037, 11, 31);

/** The least effort of deflate: what packs well shrinks, and one core still feeds a fast line. */
const COMPRESSION = 1;

/**
 * A zip of what is read, written while it is sent. Names are made safe for who unpacks it (`domain/safe-name`); what a zip cannot hold safely
 * (symbolic links, devices, pipes) is left out and listed in a text beside the rest. A further name of a hard link becomes a file of its own:
 * `read` is asked for it again by that name. `read(null, ...)` reads all that was asked for. Refuses invalid-input for more files than a zip
 * may have.
 */
export async function sendZip(
  read: (paths: readonly Buffer[] | null, sink: TarSink) => Promise<unknown>,
  outlet: Outlet,
): Promise<Sent & { leftOut: number }> {
  const zip = new ZipFile();
  const failed = once(zip, "error").then(([problem]) => Promise.reject(problem));
  const sending = sendAll(zip.outputStream, outlet);
  const broken = Promise.race([failed, sending.then(() => new Promise<never>(() => {}))]);
  // Awaited below, unless something else fails first.
  for (const promise of [failed, sending, broken]) promise.catch(() => undefined);
  const filling = fill(zip, read, broken);
  filling.catch(() => undefined);
  const sent = await Promise.race([filling, broken]);
  zip.end();
  await Promise.race([sending, failed]);
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
  read: (paths: readonly Buffer[] | null, sink: TarSink) => Promise<unknown>,
  broken: Promise<never>,
): Promise<Sent & { leftOut: number }> {
  const names = zipNames();
  const leftOut = leftOutList();
  const sent = { files: 0, bytes: 0 };
  const links: TarMember[] = [];
  const files = fileSink(zip, broken);
  const addFile = async (member: TarMember) => {
    const name = names.file(member.path);
    if (name === null) return leftOut.add(member, "it has no name");
    if (++sent.files > MOST_ZIP_FILES) throw tooMany();
    sent.bytes += member.bytes;
    files.begin(member, name);
  };
  await read(null, {
    ...files,
    async begin(member) {
      if (member.type === "file") return addFile(member);
      if (member.type === "link") links.push(member);
      else if (member.type === "directory") {
        const name = names.folder(member.path);
        if (name !== null) zip.addEmptyDirectory(name, { mtime: dateOf(member) });
      } else leftOut.add(member);
      if (links.length > MOST_ZIP_FILES) throw tooMany();
    },
  });
  const { rounds, beyond } = linkRounds(links);
  for (const round of rounds) {
    const missing = new Map(round.map((link) => [link.path.toString("latin1"), link]));
    const paths = round.map(({ path }) => path);
    await read(paths, {
      ...files,
      async begin(member) {
        if (member.type === "file" && missing.delete(member.path.toString("latin1"))) await addFile(member);
      },
    });
    for (const link of missing.values()) leftOut.add(link);
  }
  for (const link of beyond) leftOut.add(link);
  if (leftOut.count() > 0) {
    zip.addBuffer(leftOut.text(), names.file(Buffer.from("LEFT OUT.txt")) ?? "LEFT OUT.txt");
  }
  return { ...sent, leftOut: leftOut.count() };
}

/** Writes the contents of one file after the other into the zip; what was begun as no file goes nowhere. */
function fileSink(zip: ZipFile, broken: Promise<never>) {
  let open: PassThrough | null = null;
  return {
    begin(member: TarMember, name: string) {
      open = new PassThrough();
      zip.addReadStream(open, name, {
        ...{ size: member.bytes, mtime: dateOf(member), mode: 0o100000 | (member.mode & 0o755) | 0o600 },
        ...{ compressionLevel: COMPRESSION, forceZip64Format: member.bytes >= BIG_BYTES },
      });
    },
    async data(piece: Buffer) {
      if (open && !open.write(piece)) await Promise.race([once(open, "drain"), broken]);
    },
    async end() {
      const file = open;
      open = null;
      file?.end();
      if (file) await Promise.race([finished(file), broken]);
    },
  };
}

function dateOf({ modified }: TarMember): Date {
  return new Date(Math.min(Math.max(modified * 1000, OLDEST), NEWEST));
}

function tooMany(): Refusal {
  return new Refusal("invalid-input", {
    say: `A zip holds at most ${MOST_ZIP_FILES} files here. Take a tar.zst, which has no such limit.`,
  });
}
