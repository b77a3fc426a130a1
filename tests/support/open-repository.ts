import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openPool } from "~/server/db";
import { passphrasePlace } from "~/server/repositories/passphrase";
import { readAppKeys } from "~/server/secrets/app-key";
import { openSecret } from "~/server/secrets/seal-secret";
import type { RealStack } from "./real-stack";

const run = promisify(execFile);

/** The repository's folder on the storage node. */
export function repositoryFolder(stack: RealStack, clientId: string, repositoryId: string): string {
  return join(stack.dataDir, "home", clientId, "repos", repositoryId);
}

/** Whether borg's lock stands in the repository. */
export function isLocked(stack: RealStack, clientId: string, repositoryId: string): boolean {
  const folder = repositoryFolder(stack, clientId, repositoryId);
  if (!existsSync(folder)) throw new Error(`there is no ${folder}`);
  if (existsSync(join(folder, "lock.exclusive"))) return true;
  return (
    readdirSync(folder).includes("lock.roster") &&
    /\[\[/.test(readFileSync(join(folder, "lock.roster"), "utf8"))
  );
}

/** Runs borg on the server beside the product, to hear borg's own word. Arguments as after `borg`, `::` standing for the repository. */
export async function askBorg(
  stack: RealStack,
  clientId: string,
  repositoryId: string,
  words: string[],
): Promise<string> {
  const folder = repositoryFolder(stack, clientId, repositoryId);
  const base = mkdtempSync(join(tmpdir(), "bbs-ask-borg-"));
  try {
    const [command = "", ...rest] = words.map((word) =>
      word === "::" ? folder : word.startsWith("::") ? `${folder}${word}` : word,
    );
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: "production" as const,
      LANG: "C.UTF-8",
      TZ: "UTC",
      BORG_BASE_DIR: base,
      BORG_PASSPHRASE: await passphraseOf(stack, repositoryId),
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
    };
    const { stdout } = await run("borg", [command, "--bypass-lock", ...rest], {
      env,
      maxBuffer: 1024 * 1024 * 1024,
    });
    return stdout;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** The passphrase of a repository, in the clear. */
export async function passphraseOf(stack: RealStack, repositoryId: string): Promise<string> {
  const sealed = await askDatabase(stack, async (sql) => {
    const [row] = await sql<{ sealed: string }[]>`
      select passphrase_sealed as sealed from repositories where id = ${repositoryId}`;
    return row?.sealed ?? "";
  });
  const keys = readAppKeys(readFileSync(join(stack.dataDir, "secrets/app-key"), "utf8").trim());
  return openSecret(sealed, passphrasePlace(repositoryId), keys);
}

type Sql = ReturnType<typeof openPool>["sql"];

/** Looks into the server's own database, for what no API tells. */
export async function askDatabase<T>(stack: RealStack, question: (sql: Sql) => Promise<T>): Promise<T> {
  const socket = encodeURIComponent(join(stack.dataDir, "run/postgres"));
  const pool = openPool(`postgres://bbs_app@/bbs?host=${socket}`, { most: 1 });
  try {
    return await question(pool.sql);
  } finally {
    await pool.end();
  }
}
