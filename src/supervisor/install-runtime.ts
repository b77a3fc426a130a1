import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { isRoot } from "./accounts";
import { StartRefusal } from "./refuse-start";
import { findUntrusted } from "./trusted-files.mjs";

/** The tree that programs are started from. */
export interface Runtime {
  folder: string;
  /** The node that every program runs on. */
  node: string;
  program(name: string): string;
  /** Folder of SQL migrations. */
  migrations: string;
}

/**
 * Copies what was built from the clone to `<data>/runtime/<build>`, from where all programs start. As root the copy is root's own, so
 * that nobody who can write the clone later changes running code, and the other accounts reach it also when the clone lies below a
 * closed home. An existing copy of the same build is taken as it is; a copy broken off never has that name.
 */
export async function installRuntime(programRoot: string, data: string): Promise<Runtime> {
  if (isRoot)
    demandTrusted([
      join(programRoot, "dist"),
      join(programRoot, ".next/standalone"),
      join(programRoot, "drizzle"),
    ]);
  const build = await buildName(programRoot);
  const folder = join(data, "runtime", build);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    for (const [from, to] of parts) {
      if (!existsSync(join(programRoot, from))) continue;
      await cp(join(programRoot, from), join(unfinished, to), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    await openForReading(unfinished);
    await rename(unfinished, folder);
  }
  if (isRoot) demandTrusted([folder]);
  return {
    folder,
    node: await nodeProgram(data),
    program: (name) => join(folder, "dist", `${name}.mjs`),
    migrations: join(folder, "drizzle"),
  };
}

/** What of the clone is needed to run, and where it goes. The standalone console first: it brings node_modules and package.json. */
const parts: [string, string][] = [
  [".next/standalone", "."],
  [".next/static", ".next/static"],
  ["public", "public"],
  ["dist", "dist"],
  ["drizzle", "drizzle"],
  ["node_modules/@node-rs", "node_modules/@node-rs"],
];

/** Takes away the copies of earlier builds. Programs that still run from one keep what they have loaded. */
export async function removeOldRuntimes(data: string, runtime: Runtime): Promise<void> {
  for (const name of await readdir(join(data, "runtime"))) {
    const path = join(data, "runtime", name);
    if (/^[0-9a-f]{16}(\.unfinished)?$/.test(name) && path !== runtime.folder) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function buildName(programRoot: string): Promise<string> {
  const hash = createHash("sha256");
  for (const part of ["programs", "console"]) {
    const stamp = join(programRoot, "dist", `.${part}.sha256`);
    hash.update(existsSync(stamp) ? await readFile(stamp) : `no ${part}`);
    if (existsSync(stamp)) hash.update(String((await stat(stamp)).mtimeMs));
  }
  return hash.digest("hex").slice(0, 16);
}

/** A node that the other accounts can reach and only root can change; a copy where the installed one is not like that. */
async function nodeProgram(data: string): Promise<string> {
  const own = await realpath(process.execPath);
  if (!isRoot || (findUntrusted([own]) === null && (await reachable(own)))) return own;
  const copy = join(data, "runtime", `node-${process.version}`);
  if (!existsSync(copy)) {
    await copyFile(own, `${copy}.unfinished`);
    await chmod(`${copy}.unfinished`, 0o755);
    await rename(`${copy}.unfinished`, copy);
  }
  return copy;
}

async function reachable(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** The umask of whoever cloned must not decide whether bbs-web can read its own program. */
async function openForReading(path: string): Promise<void> {
  const entry = await lstat(path);
  if (entry.isSymbolicLink()) return;
  if (!entry.isDirectory()) return chmod(path, entry.mode & 0o100 ? 0o755 : 0o644);
  await chmod(path, 0o755);
  for (const name of await readdir(path)) await openForReading(join(path, name));
}

function demandTrusted(paths: string[]): void {
  const found = findUntrusted(paths.filter((path) => existsSync(path)));
  if (found) {
    throw new StartRefusal(
      `${found.path} ${found.why}, so that account could change what root runs. Give it to root (chown -R root:root, chmod -R go-w), or start without root.`,
    );
  }
}
