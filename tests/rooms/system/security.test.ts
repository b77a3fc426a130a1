import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { GET as securityTxt } from "~/app/.well-known/security.txt/route";
import { reportTemplate, VULNERABILITY_POLICY } from "~/domain/vulnerability-report";
import { env } from "~/env";
import { createCaller } from "~/server/api/root";
import type { Ctx } from "~/server/context";
import { openPool } from "~/server/db";
import { vaultStates } from "~/server/db/schema/vault";
import { appendEntry } from "~/server/journal/append-entry";
import { saveSetting } from "~/server/settings/save-setting";
import { readDatabaseRights } from "~/server/system/read-database-rights";
import { readSecurity } from "~/server/system/read-security";
import { verifyJournalDaily } from "~/server/system/verify-journal-daily";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE, OWNER_ROLE } from "~/supervisor/postgres";
import { insertPerson, insertToken } from "~tests/support/acting-people";
import { testDatabase } from "~tests/support/database";
import { enrolledClient, readyRepository, reportNode } from "~tests/support/fleet";
import { personActor } from "~tests/support/person";

const callerOf = (ctx: Ctx) => createCaller({ ...ctx, peer: null });

describe("the Security page", () => {
  it("judges an installation by its rows: people, tokens, machines, repositories, journal, settings", async () => {
    const database = await testDatabase();
    const ctx = database.ctx({ now: new Date() });
    await reportNode(ctx);
    const { id: clientId } = await enrolledClient(ctx, "web-01", { borgVersion: "1.2.4" });
    await enrolledClient(ctx, "db-01", { borgVersion: "1.4.0" });
    await database.pool
      .sql`update clients set policy = policy || '{"restorePaths": ["/"]}' where id = ${clientId}`;
    const held = await readyRepository(ctx, clientId, "held");
    const fine = await readyRepository(ctx, clientId, "fine");
    await readyRepository(ctx, clientId, "never audited");
    await database.pool.sql`update repositories set held_at = now() where id = ${held.id}`;
    for (const [{ id }, sealKind] of [
      [held, "small-files-only"],
      [fine, "hard-links"],
    ] as const)
      await database.pool.db.insert(vaultStates).values({
        repositoryId: id,
        updatedAt: ctx.now,
        state: {
          ...{ auditedAt: ctx.now.toISOString(), auditedTransaction: 1, unaudited: 0, sealKind, seals: [] },
          ...{ hold: null, trashed: 0, rulesPending: null, ledgerRevision: 0, compactionBlockedBy: [] },
          rules: { trashDays: 7, keepOldSealDays: 7, floorNewest: 3, floorWeeklyDays: 28 },
        },
      });
    const withFactor = await insertPerson(database, { role: "user", hasTotp: true });
    await insertPerson(database, { role: "admin", disabledAt: new Date() });
    await insertToken(database, { userId: withFactor, scopes: ["view"] });
    await saveSetting(ctx, { name: "sign-in", value: signInSetting({ requireSecondFactor: true }) });
    await verifyJournalDaily(database.workerCtx(ctx.now));
    const facts = await readSecurity(ctx);
    expect(facts).toMatchObject({
      people: { total: 2, admins: 1, withoutSecondFactor: [{ name: "Ada Admin", admin: true }] },
      tokens: { total: 1, neverEnd: 1, unused: 0 },
      clients: {
        total: 2,
        allowTooMuch: [{ id: clientId, name: "web-01", why: "restores may write below /" }],
        oldBorg: [{ id: clientId, name: "web-01", version: "1.2.4" }],
      },
      repositories: { total: 3, held: 1, neverAudited: 1, notSealed: 1 },
      journal: { lastCheck: { intact: true }, lastAnchorAt: null, anchorIsSet: false },
      ...{ mailIsSet: false, rateLimitStore: "postgresql", attackLab: null },
      secrets: { underOldKeys: 0, keyId: expect.stringMatching(/^[0-9a-f]{8}$/) },
      database: { ownsTables: false, mayChangeJournal: false, hasJournalTriggers: true },
    });
    expect(facts.secrets.total).toBeGreaterThan(3);
    const page = await callerOf(ctx).security.get();
    expect(page.headline).toMatch(/^\d+ of \d+ protections are on; \d+ need you\.$/);
    const state = (key: string) => page.layers.find((layer) => layer.key === key)?.state;
    expect([state("audit"), state("borg"), state("policies"), state("mail"), state("database")]).toEqual([
      ...["weak", "weak", "weak", "off", "on"],
    ]);
  });

  it("is for admins; how to report is for everybody, with fewer facts", async () => {
    const database = await testDatabase();
    await reportNode(database.ctx());
    const user = callerOf(database.ctx({ actor: personActor() }));
    await expect(user.security.get()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await user.security.reportFacts()).facts).toEqual([
      expect.stringMatching(/^Borg Backup Server \d/),
    ]);
    const { facts } = await callerOf(database.ctx()).security.reportFacts();
    expect(facts.length).toBeGreaterThan(5);
    const text = reportTemplate(facts);
    expect(text).toContain("Subject: [BBS Security] <brief description>");
    for (const hidden of ["backup.example.test", env().data, process.env.APP_KEY ?? "", "Ada", "admin@"])
      expect(text).not.toContain(hidden);
  });

  it("sees a trigger that was switched off, and a role that owns the tables", async () => {
    const database = await testDatabase();
    await appendEntry(database.ctx(), { action: "plan.keep", say: "one" });
    const as = (role: string) => database.url.replace(`//${APP_ROLE}@`, `//${role}@`);
    const owner = openPool(as(OWNER_ROLE), { most: 1, applicationName: "test" });
    expect(await readDatabaseRights(owner)).toEqual({
      ...{ ownsTables: true, mayChangeJournal: true, hasJournalTriggers: true },
    });
    await owner.end();
    await withConnection(as(ADMIN_ROLE), (sql) =>
      sql.unsafe("alter table journal_entries disable trigger journal_entries_append_only"),
    );
    expect(await readDatabaseRights(database.ctx())).toMatchObject({ hasJournalTriggers: false });
  });
});

describe("/.well-known/security.txt", () => {
  const fieldsOf = async () => {
    const answer = securityTxt();
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const lines = (await answer.text()).trimEnd().split("\n");
    return Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2)));
  };

  it("has what RFC 9116 demands, and expires within a year from whenever it is read", async () => {
    const fields = await fieldsOf();
    expect(fields).toMatchObject({
      Contact: "https://backup.example.test:3000/report-a-vulnerability",
      Policy: "https://backup.example.test:3000/report-a-vulnerability",
      Canonical: "https://backup.example.test:3000/.well-known/security.txt",
      "Preferred-Languages": "en",
    });
    const days = (Date.parse(fields.Expires ?? "") - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(170);
    expect(days).toBeLessThan(365);
  });

  it("names the contact of whoever runs this server", async () => {
    const before = env().securityContact;
    env().securityContact = "mailto:security@example.test";
    try {
      expect(await fieldsOf()).toMatchObject({ Contact: "mailto:security@example.test" });
    } finally {
      env().securityContact = before;
    }
  });
});

it("SECURITY.md and the console say the same", () => {
  const text = readFileSync(fileURLToPath(new URL("../../../SECURITY.md", import.meta.url)), "utf8");
  const flat = text.replaceAll(/\s+/g, " ");
  const { inScope, outOfScope, disclosure } = VULNERABILITY_POLICY;
  for (const sentence of [...inScope, ...outOfScope, disclosure, "[BBS Security] <brief description>"])
    expect(flat).toContain(sentence);
});

const signInSetting = (change: { requireSecondFactor: boolean }) => ({
  ...{ idleMinutes: 1440, absoluteHours: 168, localSignIn: true },
  ...change,
});
