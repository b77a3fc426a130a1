import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttackLabRun } from "~/domain/attack-lab";
import { recordAttackLab } from "~/server/system/attack-lab";
import { ensureTls } from "~/supervisor/tls";
import { TEST_APP_KEY } from "./app-key";
import { freePort } from "./free-port";
import { until } from "./until";

/**
 * The built program `web` on a free port of loopback with a database of its own. Nothing else runs: no worker, no keeper. `labRun`: what
 * the attack lab recorded last; none: it never ran. `addressOf`: APP_URL; the port speaks http as well as https.
 */
export async function startScreenWeb(
  root: string,
  databaseUrl: string,
  labRun?: AttackLabRun,
  addressOf: (port: number) => string = (port) => `https://127.0.0.1:${port}`,
): Promise<{ url: string; stop(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), "bbs-screens-"));
  if (labRun) await recordAttackLab(labRun, data);
  const port = await freePort();
  const url = addressOf(port);
  const fingerprint = await ensureTls({ data, appUrl: url, given: null, readerGroup: null });
  const child = spawn(process.execPath, [join(root, "dist/web.mjs")], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      BBS_DATA: data,
      LISTEN: "127.0.0.1",
      PORT: String(port),
      APP_URL: url,
      APP_KEY: TEST_APP_KEY,
      DATABASE_URL: databaseUrl,
      BBS_TLS_FINGERPRINT: fingerprint ?? "",
      BBS_RELEASES: join(root, "dist"),
      LOG_LEVEL: "warn",
    },
  });
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`web ended with code ${child.exitCode}`);
    const { request } = await import("node:https");
    return new Promise<boolean>((resolve) => {
      const asked = request(
        `https://127.0.0.1:${port}/api/health`,
        { rejectUnauthorized: false },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode !== undefined);
        },
      );
      asked.once("error", () => resolve(false));
      asked.end();
    });
  };
  await until("web answers", answers);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
