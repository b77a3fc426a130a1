import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runWithBorgModules } from "./borg-modules";

/** One archive as it can be restored: every chunk decrypted and held against its id. */
export type Judged = {
  id: string;
  name: string;
  bytes: number;
  digest: string;
  problem: string | null;
  /** Ids of everything it is made of: item streams first, then chunks. */
  objects: string[];
};
export type Judgement = { archives: Judged[]; problem: string | null };

/**
 * Reads a copy of a repository, from its segments alone. The repository itself is not touched. `compact`: as it would be after the server's
 * next compaction.
 */
export async function judgeRepository(
  borg: string,
  path: string,
  passphrase: string,
  compact = false,
): Promise<Judgement> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-judge-"));
  try {
    if (!existsSync(join(path, "config")))
      return { archives: [], problem: "there is no repository any more" };
    const copy = join(folder, "copy");
    // Only files and folders: what an attacker planted beside them (a fifo, a device) would hold the copy up.
    cpSync(path, copy, {
      recursive: true,
      filter: (from) => {
        const found = from.includes("/lock.") ? undefined : lstatSync(from, { throwIfNoEntry: false });
        return found?.isFile() === true || found?.isDirectory() === true;
      },
    });
    const ended = await runWithBorgModules(borg, "judge.py", [copy, ...(compact ? ["compact"] : [])], {
      BORG_PASSPHRASE: passphrase,
      BORG_BASE_DIR: join(folder, "base"),
    });
    const line = ended.out.trim().split("\n").at(-1) ?? "";
    if (!line.startsWith("{")) throw new Error(`judge.py: ${ended.err}`);
    return JSON.parse(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of `before` cannot be had any more, under its own id and name. */
export function lossesOf(before: readonly Judged[], now: Judgement): { archives: Judged[]; bytes: number } {
  const lost = before.filter(
    (old) =>
      !now.archives.some((one) => one.id === old.id && one.name === old.name && one.digest === old.digest),
  );
  return { archives: lost, bytes: lost.reduce((sum, archive) => sum + archive.bytes, 0) };
}

/** Bytes of the files below a folder. */
export function bytesBelow(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += bytesBelow(path);
    else if (entry.isFile()) sum += lstatSync(path).size;
  }
  return sum;
}

/** Changes with every byte of the segments and of `config`: what a judgement can depend on. */
export function fingerprintOf(path: string): string {
  const hash = createHash("sha256");
  const add = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = join(folder, entry.name);
      hash.update(`${entry.name}\0`);
      if (entry.isDirectory()) add(file);
      else if (entry.isFile()) hash.update(readFileSync(file));
    }
  };
  if (existsSync(join(path, "config"))) hash.update(readFileSync(join(path, "config")));
  if (existsSync(join(path, "data"))) add(join(path, "data"));
  return hash.digest("hex");
}
