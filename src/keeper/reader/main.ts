import { readFileSync, writeSync } from "node:fs";
import { NotUnderstood } from "~/borg/native/not-understood";
import { readArchive } from "~/borg/native/read-archive";

/**
 * `reader.mjs <repository> <archive id>`: writes the items of an archive to stdout, as borg/native/item-fields.ts says. The passphrase comes
 * through descriptor 3, the text of a key file (or nothing) through stdin. Run by the keeper as the account of its own borg: it reads what a
 * client wrote. Exit code 0: that was all. Else nothing of it counts, and the last line of stderr says why.
 */
async function main() {
  const [repositoryPath = "", archiveId = ""] = process.argv.slice(2);
  const keyFile = readFileSync(0, "latin1");
  const passphrase = readFileSync(3, "utf8");
  await readArchive(
    { repositoryPath, archiveId, passphrase, keyFile: keyFile === "" ? null : keyFile },
    write,
  );
}

/** Waits where nobody reads: the descriptor blocks as long as nothing has opened `process.stdout`. */
function write(piece: Buffer) {
  for (let from = 0; from < piece.length; ) from += writeSync(1, piece, from);
}

main().catch((error: unknown) => {
  const why =
    error instanceof NotUnderstood ? error.message : `${error instanceof Error ? error.stack : error}`;
  // Names in it are a client's: one line, ASCII.
  writeSync(2, `${why.replace(/[^\x20-\x7e]+/g, " ").slice(0, 1000)}\n`);
  process.exitCode = 1;
});
