import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "~/server/db";
import { everyFile, PlantedSecrets } from "~tests/support/planted-secrets";
import { type RealStack, startRealStack } from "~tests/support/real-stack";
import { SecretsStory } from "~tests/support/secrets-story";

/**
 * Somebody reads what a server writes: logs of all its programs at their most talkative, logs of jobs, the journal, answers to requests
 * that failed, and a copy of the whole database. Before, every kind of secret was used on it, rightly and wrongly, also while tables and the
 * database were away.
 */
const KINDS = [
  "setup link",
  "password",
  "authenticator secret",
  "recovery code",
  "cookie of a sign-in",
  "API token",
  "SMTP password",
  "OpenID Connect secret",
  "invitation link",
  "link to a new password",
  "enrolment token",
  "agent key",
  "passphrase",
  "paper key",
];

const folder = mkdtempSync(join(tmpdir(), "bbs-secrets-"));
const planted = new PlantedSecrets();
let stack: RealStack;
let story: SecretsStory;

beforeAll(async () => {
  writeFileSync(join(folder, "letter.txt"), "Dear Ada");
  stack = await startRealStack({ withoutAdmin: true, settings: { LOG_LEVEL: "debug" } });
  story = new SecretsStory(stack, planted);
  const admin = await story.setUp();
  await story.secondFactor(admin);
  await story.tokens(admin);
  await story.mailAndProvider(admin);
  await story.machineAndRepository(folder);
  await story.tablesAway();
  await stack.killHard("postgres");
  await story.everythingOnce();
  await story.removeMachine();

  planted.watch("logs of the programs", () => everyFile(join(stack.dataDir, "log")));
  // The one place where a secret is meant to be: the line that says where the first admin is made.
  planted.watch("the terminal", () => stack.printed().replace(/^.*\/setup\?token=.*$/m, ""));
  planted.watch("what agents print", () => story.agentsPrinted());
  planted.watch("answers to what failed", () =>
    story.sessions
      .flatMap(({ answers }) => answers)
      .filter(({ status, headers }) => status >= 400 || headers.location !== undefined)
      // A page knows its own address, and only who asked for it gets it.
      .filter(({ asked }) => asked.startsWith("/api/") || !asked.includes("?"))
      .map(({ headers, text }) => JSON.stringify({ ...headers, "set-cookie": undefined }) + text)
      .join("\n"),
  );
  planted.watch("the database", wholeDatabase);
}, 300_000);

afterAll(async () => {
  await story?.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every row of every table, the journal and logs of jobs among them. */
async function wholeDatabase(): Promise<string> {
  const socket = encodeURIComponent(join(stack.dataDir, "run/postgres"));
  const pool = openPool(`postgres://bbs_app@/bbs?host=${socket}`, { most: 1 });
  try {
    const tables = await pool.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`;
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await pool.db.execute<{ text: string }>(
        sql`select coalesce(string_agg(t::text, E'\n'), '') as text from ${sql.identifier(name)} t`,
      );
      texts.push(rows[0]?.text ?? "");
    }
    return texts.join("\n");
  } finally {
    await pool.end();
  }
}

describe("who reads all that a server writes", () => {
  it("finds its faults and refusals there", async () => {
    expect(planted.kinds.sort()).toEqual([...KINDS].sort());
    const logs = everyFile(join(stack.dataDir, "log"));
    expect(logs.match(/"msg":"fault"/g)?.length ?? 0).toBeGreaterThan(10);
    const database = await wholeDatabase();
    for (const action of ["sign-in.failed", "second-factor.added", "token.created", "repository.passphrase"])
      expect(database).toContain(action);
    const statuses = new Set(story.sessions.flatMap(({ answers }) => answers.map(({ status }) => status)));
    for (const status of [400, 401, 403, 500]) expect(statuses).toContain(status);
  });

  it("is told no address with a secret in it by a browser that goes on from there", () => {
    const pages = story.sessions
      .flatMap(({ answers }) => answers)
      .filter(({ asked }) => /^\/(setup|join|reset-password)\?token=/.test(asked));
    expect(pages.length).toBeGreaterThan(5);
    for (const { headers } of pages)
      expect(headers["referrer-policy"]).toMatch(/^(no-referrer|same-origin)$/);
  });

  it.each(KINDS)("finds no %s", async (kind) => {
    expect(await planted.findings(kind)).toEqual([]);
  });
});
