import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import type { Setting } from "./programs";

const link = z.object({ url: z.string() });
const refusal = z.object({ error: z.object({ code: z.string(), say: z.string() }) });

/**
 * A one-time link that makes the first admin; null when there is one already. Made by `bbs-admin setup-link`, as the account of the
 * worker, because rules on people belong to the access room and not to a program that is root.
 */
export async function makeSetupLink({
  env,
  runtime,
  databaseUrl,
  appKey,
  accounts,
}: Setting): Promise<string | null> {
  const command = [runtime.node, runtime.program("bbs-admin"), "--json", "setup-link"];
  const changed = accounts
    ? [
        "setpriv",
        `--reuid=${accounts.worker.uid}`,
        `--regid=${accounts.worker.gid}`,
        `--groups=${accounts.postgres.gid}`,
        "--no-new-privs",
        ...command,
      ]
    : command;
  const [program = "", ...args] = changed;
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: "/",
      timeout: 20_000,
      env: {
        NODE_ENV: "production",
        PATH: "/usr/bin:/bin",
        BBS_DATA: env.data,
        APP_URL: env.appUrl,
        DATABASE_URL: databaseUrl,
        APP_KEY: appKey,
      },
    });
    return link.parse(JSON.parse(stdout)).url;
  } catch (cause) {
    if (codeOfRefusal(cause) === "already-set-up") return null;
    throw new Error("The one-time setup link could not be made; run bbs-admin setup-link.", { cause });
  }
}

function codeOfRefusal(error: unknown): string | null {
  if (!(error instanceof Error && "stderr" in error && typeof error.stderr === "string")) return null;
  try {
    return refusal.parse(JSON.parse(error.stderr)).error.code;
  } catch {
    return null;
  }
}
