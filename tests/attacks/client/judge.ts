import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startWithBorgModules } from "./borg-modules";

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
    return await askJudge(borg, { copy, compact, passphrase, base: join(folder, "base") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Asked = { copy: string; compact: boolean; passphrase: string; base: string };
type Judge = { child: ChildProcessWithoutNullStreams; waiting: ((line: string) => void)[] };
const judges = new Map<string, Judge>();

/** One judge.py per borg, started when first asked; it ends with this process, whose pipe it reads. */
function judgeOf(borg: string): Judge {
  const known = judges.get(borg);
  if (known && known.child.exitCode === null) return known;
  const child = startWithBorgModules(borg, "judge.py");
  const judge: Judge = { child, waiting: [] };
  createInterface({ input: child.stdout }).on("line", (line) => judge.waiting.shift()?.(line));
  child.stderr.resume();
  child.once("exit", () => {
    for (const answer of judge.waiting.splice(0)) answer('{"archives":[],"problem":"the judge ended"}');
  });
  // It holds nobody back who has no question.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    if (stream instanceof Socket) stream.unref();
  judges.set(borg, judge);
  return judge;
}

function askJudge(borg: string, asked: Asked): Promise<Judgement> {
  const judge = judgeOf(borg);
  return new Promise((resolve) => {
    // Keeps this process alive while it waits.
    const alive = setInterval(() => undefined, 60_000);
    judge.waiting.push((line) => {
      clearInterval(alive);
      resolve(JSON.parse(line));
    });
    judge.child.stdin.write(`${JSON.stringify(asked)}\n`);
  });
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
