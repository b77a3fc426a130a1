import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { findArchive } from "../find-by-name";
import { showBytes } from "../output";
import type { Session } from "../session";
import { UsageError } from "../usage-error";

const FORMATS = ["file", "zip", "tar.zst"] as const;
type Format = (typeof FORMATS)[number];

interface DownloadOptions {
  path: string[];
  as: string;
  out?: string;
}

/** `bbs archive download`: what is not whole is never left under its name. */
export function addDownloadCommand(archive: Command, session: Session): void {
  archive
    .command("download <archive>")
    .description("Files out of an archive onto this machine; without --path all of it.")
    .option(
      "--path <path>",
      "a file or folder; may be given several times",
      (value, before: string[]) => [...before, value],
      [],
    )
    .option("--as <format>", `${FORMATS.join(", ")}; file: one file as it is`, "zip")
    .option("--out <file>", "where to; `-`: standard output; default: its own name in this folder")
    .action(async (given: string, options: DownloadOptions) => {
      const format = readFormat(options.as);
      const bbs = await session.bbs();
      const { id: archiveId } = await findArchive(bbs, given);
      const paths = options.path.map((path) =>
        Buffer.from(path.replace(/^\/+|\/+$/g, "")).toString("base64"),
      );
      const { url, fileName } = await bbs.downloads.prepare.mutate({ archiveId, paths, format });
      const out = options.out ?? fileName;
      if (out !== "-" && existsSync(out))
        throw new UsageError(`${out} is there already. Name another with --out.`);
      const body = Readable.from(piecesOf(await session.download(url)), { objectMode: false });
      if (out === "-") return pipeline(body, process.stdout, { end: false });
      const bytes = await save(body, out);
      session.out().print({ file: out, bytes }, `Saved ${out} (${showBytes(bytes)}).`);
    });
}

function readFormat(text: string): Format {
  const format = FORMATS.find((one) => one === text);
  if (!format) throw new UsageError(`--as must be one of ${FORMATS.join(", ")}, not ${text}.`);
  return format;
}

async function* piecesOf(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return;
    yield piece.value;
  }
}

async function save(body: Readable, out: string): Promise<number> {
  const part = `${out}.part`;
  const file = createWriteStream(part, { flags: "wx", mode: 0o600 });
  try {
    await pipeline(body, file);
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return file.bytesWritten;
}
