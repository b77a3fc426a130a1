import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { runBbsAdmin } from "~/cli/run-bbs-admin";
import { createCaller } from "~/server/api/root";
import { outgoingMails } from "~/server/db/schema/mail";
import { appendEntry } from "~/server/journal/append-entry";
import { verifyJournal } from "~/server/journal/verify-journal";
import { mailPlace } from "~/server/mail/queue-mail";
import { openSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { anchorJournalDaily } from "~/server/system/anchor-journal-daily";
import { verifyJournalDaily } from "~/server/system/verify-journal-daily";
import { withConnection } from "~/supervisor/database";
import { ADMIN_ROLE, APP_ROLE } from "~/supervisor/postgres";
import { later, TEST_START, type TestDatabase, testDatabase } from "~tests/support/database";
import { freePort } from "~tests/support/free-port";
import { journalOf } from "~tests/support/journal";

/** Somebody else's server that keeps anchors; `status` is what it answers. */
async function keeperOfAnchors(status = 204) {
  const kept: { id: number; hash: string; anchor: string; server: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      kept.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(status).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return { kept, url: `http://127.0.0.1:${port}/anchors` };
}

async function given(value: { mailTo?: string; postTo?: string }) {
  const database = await testDatabase();
  await saveSetting(database.ctx(), { name: "outgoing", value: { allowed: ["127.0.0.1"] } });
  await saveSetting(database.ctx(), { name: "journal-anchor", value: { mailTo: "", postTo: "", ...value } });
  const anchor = (now = TEST_START) => anchorJournalDaily(database.workerCtx(now));
  return { database, anchor };
}

const anchored = async (database: TestDatabase) =>
  (await journalOf(database)).filter(({ action }) => action === "journal.anchored");

async function verify(...words: string[]) {
  const said = { out: "", error: "" };
  const code = await runBbsAdmin(["journal", "verify", ...words], {
    out: (text) => {
      said.out += text;
    },
    error: (text) => {
      said.error += text;
    },
    readPassword: async () => "",
  });
  return { code, ...said };
}

const tamper = (database: TestDatabase, statement: string) =>
  withConnection(database.url.replace(`//${APP_ROLE}@`, `//${ADMIN_ROLE}@`), (sql) =>
    sql.unsafe(`set session_replication_role = replica; ${statement}`),
  );

describe("the anchor of the journal", () => {
  it("goes nowhere while nothing is set", async () => {
    const { database, anchor } = await given({});
    expect(await anchor()).toBeNull();
    expect(await anchored(database)).toEqual([]);
  });

  it("is mailed and posted once a day, and journaled", async () => {
    const elsewhere = await keeperOfAnchors();
    const { database, anchor } = await given({ mailTo: "audit@example.test", postTo: elsewhere.url });
    const head = (await journalOf(database)).at(-1);
    expect(await anchor()).toMatchObject({ id: head?.id, hash: head?.hash });
    expect(await anchor(later({ hours: 23 }))).toBeNull();
    const text = `${head?.id}:${head?.hash}`;
    expect(elsewhere.kept).toMatchObject([
      { anchor: text, id: head?.id, server: "https://backup.example.test:3000" },
    ]);
    const mails = await database.pool.db.select().from(outgoingMails);
    expect(mails).toMatchObject([
      { recipient: "audit@example.test", subject: `[BBS] Journal anchor ${head?.id}` },
    ]);
    const [mail] = mails;
    expect(openSecret(mail?.bodySealed ?? "", mailPlace(mail?.id ?? ""))).toContain(`--anchor ${text}`);
    expect(await anchored(database)).toMatchObject([
      { actorKind: "worker", detail: { id: head?.id, hash: head?.hash } },
    ]);
    expect(await anchor(later({ hours: 25 }))).not.toBeNull();
    expect(await anchored(database)).toHaveLength(2);
  });

  it("is sent once when two workers do it at the same time", async () => {
    const { database, anchor } = await given({ mailTo: "audit@example.test" });
    await Promise.all([anchor(), anchor(), anchor()]);
    expect(await anchored(database)).toHaveLength(1);
    expect(await database.pool.db.select().from(outgoingMails)).toHaveLength(1);
  });

  it("counts as not sent when the other side does not take it", async () => {
    const elsewhere = await keeperOfAnchors(503);
    const { database, anchor } = await given({ postTo: elsewhere.url, mailTo: "audit@example.test" });
    await expect(anchor()).rejects.toMatchObject({
      say: expect.stringContaining("did not take the anchor (HTTP 503)"),
    });
    expect(await anchored(database)).toEqual([]);
    expect(await database.pool.db.select().from(outgoingMails)).toEqual([]);
  });

  it("reaches no address inside that is not allowed", async () => {
    const elsewhere = await keeperOfAnchors();
    const { database, anchor } = await given({ postTo: elsewhere.url });
    await saveSetting(database.ctx(), { name: "outgoing", value: { allowed: [] } });
    await expect(anchor()).rejects.toMatchObject({ code: "target-forbidden" });
    expect(elsewhere.kept).toEqual([]);
  });

  it("is set by an admin who has just confirmed it, to what is an address, and that is journaled", async () => {
    const { database } = await given({});
    const save = (confirmedAt: Date | null, value: { mailTo: string; postTo: string }) =>
      createCaller({
        ...database.ctx({ actor: { ...database.admin, confirmedAt } }),
        peer: null,
      }).journal.saveAnchor(value);
    const good = { mailTo: "audit@example.test", postTo: "https://anchors.example.test/bbs" };
    await expect(save(null, good)).rejects.toThrow(/again/);
    await expect(save(TEST_START, { ...good, mailTo: "a@b.test, c@d.test" })).rejects.toThrow(
      /not one e-mail/,
    );
    await expect(save(TEST_START, { ...good, postTo: "file:///etc/passwd" })).rejects.toThrow(/https/);
    await expect(save(TEST_START, { ...good, postTo: "https://user:secret@example.test" })).rejects.toThrow(
      /password/,
    );
    await save(TEST_START, good);
    expect((await journalOf(database)).at(-1)).toMatchObject({
      action: "settings.changed",
      detail: { after: good },
    });
  });
});

describe("`bbs-admin journal verify --anchor`", () => {
  async function withAnchor() {
    const database = await testDatabase();
    for (const say of ["one", "two", "three"])
      await appendEntry(database.ctx(), { action: "plan.keep", say });
    const entries = await journalOf(database);
    return { database, entries, anchor: `${entries[1]?.id}:${entries[1]?.hash}` };
  }

  it("finds the anchored entry in a journal that has grown since", async () => {
    const { anchor } = await withAnchor();
    expect(await verify("--anchor", anchor)).toMatchObject({
      code: 0,
      out: expect.stringContaining("It holds the anchored entry 2."),
    });
  });

  it("finds that the newest entries are missing, which the chain alone cannot", async () => {
    const { database, anchor } = await withAnchor();
    await tamper(database, "delete from journal_entries where id > 1");
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true });
    expect(await verify("--anchor", anchor)).toMatchObject({
      code: 3,
      error: expect.stringContaining("the newest entries are missing"),
    });
  });

  it("finds a journal that was written anew as a whole", async () => {
    const { database, anchor } = await withAnchor();
    await tamper(database, "delete from journal_entries");
    for (const say of ["one", "nothing happened", "three"])
      await appendEntry(database.ctx(), { action: "plan.keep", say });
    expect(await verifyJournal(database.ctx())).toMatchObject({ intact: true });
    expect(await verify("--anchor", anchor)).toMatchObject({
      code: 3,
      error: expect.stringContaining("not the one that was anchored"),
    });
  });

  it("takes nothing that is no anchor", async () => {
    await withAnchor();
    expect(await verify("--anchor", "2:abc")).toMatchObject({ code: 2 });
  });
});

describe("the daily check of the chain", () => {
  it("is journaled once a day, also by several workers, and begins with the first entry", async () => {
    const database = await testDatabase();
    const check = (now = TEST_START) => verifyJournalDaily(database.workerCtx(now));
    expect(await check()).toBeNull();
    await appendEntry(database.ctx(), { action: "plan.keep", say: "one" });
    await Promise.all([check(), check()]);
    expect(await check(later({ hours: 23 }))).toBeNull();
    expect(await check(later({ hours: 24 }))).toMatchObject({ intact: true });
    const told = (await journalOf(database)).slice(1);
    expect(told.map(({ action, actorKind, detail }) => [action, actorKind, detail.entries])).toEqual([
      ["journal.verified", "worker", 1],
      ["journal.verified", "worker", 2],
    ]);
  });

  it("names the first broken entry", async () => {
    const database = await testDatabase();
    for (const say of ["one", "two"]) await appendEntry(database.ctx(), { action: "plan.keep", say });
    await tamper(database, "update journal_entries set say = 'x' where id = 2");
    await verifyJournalDaily(database.workerCtx());
    expect((await journalOf(database)).at(-1)).toMatchObject({
      action: "journal.broken",
      detail: { entryId: 2 },
    });
  });

  it("ends when the worker is stopped", async () => {
    const database = await testDatabase();
    await appendEntry(database.ctx(), { action: "plan.keep", say: "one" });
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(verifyJournalDaily(database.workerCtx(), { signal })).rejects.toThrow("stopped");
  });
});
