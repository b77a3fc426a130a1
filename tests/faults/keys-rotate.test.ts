import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openPool, type Pool } from "~/server/db";
import { mailPlace } from "~/server/mail/queue-mail";
import { type AppKey, readAppKeys } from "~/server/secrets/app-key";
import { openSecret, sealSecret } from "~/server/secrets/seal-secret";
import { withConnection } from "~/supervisor/database";
import { APP_ROLE, OWNER_ROLE } from "~/supervisor/postgres";
import { TEST_APP_KEY } from "~tests/support/app-key";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { bareEnvironment, runProgram } from "~tests/support/run-program";
import { until } from "~tests/support/until";

/**
 * The keys are changed as an operator does it, by the real `bbs-admin` on a real database with some thousand secrets, while an application
 * reads, writes and adds secrets all the time; and the rotation is killed hard, again and again, in the middle.
 */
const SECRETS = 12_000;
const sources = fileURLToPath(new URL("../..", import.meta.url));

let postgres: TestPostgres;
let pool: Pool;
let folder: string;
let databaseUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bbs-keys-"));
  mkdirSync(join(folder, "secrets"));
  writeFileSync(keyFile(), `${TEST_APP_KEY}\n`, { mode: 0o600 });
  await build({
    ...{
      absWorkingDir: sources,
      entryPoints: ["src/cli/bbs-admin.ts"],
      outfile: join(sources, "dist/test-bbs-admin.mjs"),
    },
    ...{ bundle: true, platform: "node", target: "node20", format: "esm", logLevel: "error" },
    external: ["@node-rs/bcrypt"],
    banner: {
      js: 'import { createRequire as bbsCreateRequire } from "node:module"; const require = bbsCreateRequire(import.meta.url);',
    },
  });
  postgres = await startTestPostgres();
  databaseUrl = await createTestDatabase(postgres.adminUrl, "keys_rotate");
  pool = openPool(databaseUrl, { most: 4, applicationName: "test" });
});

afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(sources, "dist/test-bbs-admin.mjs"), { force: true });
});

const keyFile = () => join(folder, "secrets/app-key");
const keysNow = () => readAppKeys(readFileSync(keyFile(), "utf8").trim());
const settings = () => ({ BBS_DATA: folder, DATABASE_URL: databaseUrl });
const command = (...words: string[]) =>
  runProgram(process.execPath, [join(sources, "dist/test-bbs-admin.mjs"), ...words], { env: settings() });

/** A rotation in a process of its own; kills it hard when it has told of so many batches. Answers whether it was killed. */
async function rotateUntil(batches: number): Promise<boolean> {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(sources, "dist/test-bbs-admin.mjs"), "keys", "rotate"],
    { env: bareEnvironment(settings()), stdio: ["ignore", "ignore", "pipe"] },
  );
  let told = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split("\n").length > batches) child.kill("SIGKILL");
  });
  await once(child, "exit");
  return child.signalCode === "SIGKILL";
}

/** Makes each batch of a rotation take so many seconds, within its transaction, so that it can be killed before its end however slow this is. */
async function slowDown(seconds: number | null): Promise<void> {
  await withConnection(databaseUrl.replace(`//${APP_ROLE}@`, `//${OWNER_ROLE}@`), (sql) =>
    sql.unsafe(
      seconds === null
        ? "drop trigger slow on outgoing_mails"
        : `create function slow_down() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return null; end $$;
           create trigger slow after update on outgoing_mails for each statement
             when (current_setting('application_name') like 'bbs %') execute function slow_down()`,
    ),
  );
}

/** What a running server does meanwhile, with the keys it was started with: `plain` is what must be there at the end. */
class Application {
  readonly plain = new Map<string, string>();
  private stopped = false;
  private done: Promise<void> | null = null;
  private steps = 0;

  constructor(private keys: [AppKey, ...AppKey[]]) {}

  async add(count: number): Promise<void> {
    const rows = Array.from({ length: count }, () => {
      const id = `mail${this.plain.size}`;
      this.plain.set(id, `secret of ${id}`);
      return { id, sealed: sealSecret(`secret of ${id}`, mailPlace(id), this.keys) };
    });
    await pool.sql`
      insert into outgoing_mails (id, recipient, subject, body_sealed, created_at, expires_at)
      select id, 'a@example.test', 's', sealed, now(), now() from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ sealed }) => sealed)}::text[]) as r(id, sealed)`;
  }

  restart(keys: [AppKey, ...AppKey[]]): void {
    this.keys = keys;
  }

  start(): void {
    this.done = this.work();
  }

  async stop(): Promise<number> {
    this.stopped = true;
    await this.done;
    return this.steps;
  }

  async sealedBy(key: AppKey | undefined): Promise<number> {
    const [row] = await pool.sql`
      select count(*)::int as count from outgoing_mails where body_sealed like ${`1.${key?.id}.%`}`;
    return Number(row?.count);
  }

  /** Every secret of the database in the clear. */
  async everything(): Promise<Map<string, string>> {
    const rows = await pool.sql<{ id: string; sealed: string }[]>`
      select id, body_sealed as sealed from outgoing_mails`;
    return new Map(rows.map(({ id, sealed }) => [id, openSecret(sealed, mailPlace(id), this.keys)]));
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const id = `mail${(this.steps * 7919) % SECRETS}`;
      await this.change(id, `changed ${this.steps}`);
      await this.read(`mail${(this.steps * 104_729) % SECRETS}`);
      if (this.steps % 10 === 0) await this.add(1);
      this.steps++;
    }
  }

  private async change(id: string, text: string): Promise<void> {
    await pool.sql`update outgoing_mails set body_sealed = ${sealSecret(text, mailPlace(id), this.keys)} where id = ${id}`;
    this.plain.set(id, text);
  }

  private async read(id: string): Promise<void> {
    const [row] = await pool.sql`select body_sealed from outgoing_mails where id = ${id}`;
    expect(openSecret(String(row?.body_sealed), mailPlace(id), this.keys)).toBe(this.plain.get(id));
  }
}

test("a rotation killed in the middle, beside a working application, loses nothing and is taken up again", async () => {
  const application = new Application(keysNow());
  await application.add(SECRETS);

  const added = await command("keys", "add");
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining("Restart the server") });
  const [newest, old, ...none] = keysNow();
  expect(none).toEqual([]);
  expect(old?.bytes.toString("base64")).toBe(TEST_APP_KEY);
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);

  // A program that was not restarted holds the rotation up, whatever else runs.
  const unaware = openPool(databaseUrl, { most: 1, applicationName: `bbs ${old?.id}` });
  await unaware.sql`select 1`;
  const early = await command("keys", "rotate");
  expect(early).toMatchObject({ code: 3, err: expect.stringContaining("does not know key") });
  await unaware.end();
  await until("the old program is gone", async () => {
    const [row] = await pool.sql`
      select count(*)::int as count from pg_stat_activity where application_name = ${`bbs ${old?.id}`}`;
    return row?.count === 0;
  });

  application.restart(keysNow());
  application.start();
  onTestFinished(async () => void (await application.stop()));
  await slowDown(0.15);
  const leftAfterEach: number[] = [];
  for (const batches of [1, 2, 3]) {
    expect(await rotateUntil(batches), "the rotation ended before it could be killed").toBe(true);
    leftAfterEach.push(await application.sealedBy(old));
    expect(await command("keys", "verify")).toMatchObject({ code: 0 });
    expect(await command("keys", "drop", old?.id ?? "")).toMatchObject({ code: 3 });
  }
  expect(leftAfterEach.every((left) => left > 0)).toBe(true);
  expect([...leftAfterEach].sort((a, b) => b - a)).toEqual(leftAfterEach);
  await slowDown(null);
  const rotated = await command("keys", "rotate");
  expect(rotated).toMatchObject({ code: 0, out: expect.stringContaining(`Key ${old?.id} is not needed`) });
  expect(await application.stop()).toBeGreaterThan(100);

  expect(await application.sealedBy(old)).toBe(0);
  expect(await application.sealedBy(newest)).toBe(application.plain.size);
  expect(await application.everything()).toEqual(application.plain);
  expect(await command("keys", "drop", old?.id ?? "")).toMatchObject({ code: 0 });
  expect(keysNow().map(({ id }) => id)).toEqual([newest.id]);
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  const verified = await command("keys", "verify");
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/^All \d+ secrets open/) });
  expect(await command("journal", "verify")).toMatchObject({ code: 0 });
});

test("`keys verify` names each row that does not open, never what is in it, and fails", async () => {
  await pool.sql`update outgoing_mails set body_sealed = 'plain text' where id = 'mail7'`;
  const swapped = pool.sql`select body_sealed from outgoing_mails where id = 'mail9'`;
  await pool.sql`update outgoing_mails set body_sealed = (${swapped}) where id = 'mail8'`;
  const { code, out, err } = await command("keys", "verify");
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(err).toContain("2 secrets do not open");
  expect(err).toContain("outgoing_mails.body_sealed of mail7 does not hold a sealed secret");
  expect(err).toContain("outgoing_mails.body_sealed of mail8 does not open");
  expect(err).not.toContain("plain text");
});

test("without the key file no key is made up, and with APP_KEY set nothing is written", async () => {
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o700);
  const run = (words: string[], more: Record<string, string>) =>
    runProgram(process.execPath, [join(sources, "dist/test-bbs-admin.mjs"), "keys", ...words], {
      env: { ...settings(), BBS_DATA: elsewhere, ...more },
    });
  expect(await run(["add"], {})).toMatchObject({ code: 2, err: expect.stringContaining("There is no") });
  expect(await run(["verify"], {})).toMatchObject({ code: 2 });
  const before = readFileSync(keyFile(), "utf8");
  const told = await run(["add"], { APP_KEY: TEST_APP_KEY });
  expect(told).toMatchObject({ code: 0, out: expect.stringContaining("has to be changed there") });
  expect(readAppKeys(`${told.out.trim().split("\n").at(-1)},${TEST_APP_KEY}`)).toHaveLength(2);
  expect(readFileSync(keyFile(), "utf8")).toBe(before);
});
