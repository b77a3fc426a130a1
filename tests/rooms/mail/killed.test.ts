import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { queueMail } from "~/server/mail/queue-mail";
import { sendDueMail } from "~/server/mail/send-due-mail";
import { later } from "~tests/support/database";
import { mailWorld } from "~tests/support/mail-world";
import { until } from "~tests/support/until";

/** The real worker, killed by SIGKILL while the mail server has a mail and has not answered yet. */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bbs-mail-"));
  await build({
    ...{ absWorkingDir: ROOT, entryPoints: ["src/worker/main.ts"], outfile: join(folder, "worker.mjs") },
    ...{ bundle: true, platform: "node", target: "node20", format: "esm", logLevel: "error" },
    banner: {
      js: 'import { createRequire as bbsCreateRequire } from "node:module"; const require = bbsCreateRequire(import.meta.url);',
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startWorkerProgram(databaseUrl: string): ChildProcess {
  const { PATH, APP_KEY, APP_URL } = process.env;
  const child = spawn(process.execPath, [join(folder, "worker.mjs")], {
    stdio: "inherit",
    env: {
      PATH,
      APP_KEY,
      APP_URL,
      NODE_ENV: "production",
      ...{ BBS_DATA: folder, LOG_LEVEL: "error" },
      DATABASE_URL: databaseUrl,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

it("a mail that a killed worker was sending goes out when its lease is over, not before, and is the same mail", async () => {
  const { database, server, row } = await mailWorld({ security: "none" });
  const got: string[] = [];
  server.answer = ({ raw }) => {
    got.push(raw);
    return new Promise(() => {});
  };
  const worker = startWorkerProgram(database.url);
  const now = new Date();
  const { id } = await queueMail(
    { db: database.pool.db, now },
    { to: "ada@example.test", subject: "a link", text: "a link", validMinutes: 60 },
  );
  await until("the mail server has the mail", () => got.length === 1);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.kill("SIGKILL");
  await ended;

  server.answer = ({ raw }) => void got.push(raw);
  const send = (minutes: number) => sendDueMail(() => database.workerCtx(later({ minutes }, now)));
  expect(await send(2.9)).toBeNull();
  expect(got).toHaveLength(1);
  expect(await send(4)).toBe("sent");
  expect(await send(60)).toBeNull();
  expect(got).toHaveLength(2);
  const messageId = (raw: string | undefined) => /^Message-ID: (.+)$/m.exec(raw ?? "")?.[1];
  expect(messageId(got[1])).toBe(messageId(got[0]));
  expect(await row(id)).toMatchObject({ attempts: 2, bodySealed: null, dueAt: null });
});

it("a worker that is told to end does not wait for a mail server that does not answer", async () => {
  const { database, server } = await mailWorld({ security: "none" });
  let asked = 0;
  server.answer = () => {
    asked += 1;
    return new Promise(() => {});
  };
  const worker = startWorkerProgram(database.url);
  await queueMail(
    { db: database.pool.db, now: new Date() },
    { to: "ada@example.test", subject: "a", text: "a", validMinutes: 60 },
  );
  await until("the mail server has the mail", () => asked === 1);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  const began = performance.now();
  worker.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
});
