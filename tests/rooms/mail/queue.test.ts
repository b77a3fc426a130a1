import { describe, expect, it } from "vitest";
import { changeFeed } from "~/server/change-feed";
import { isMailAddress, readSender } from "~/server/mail/mail-address";
import { purgeMails } from "~/server/mail/purge-mails";
import { queueMail } from "~/server/mail/queue-mail";
import { startMailLoop } from "~/worker/mail-loop";
import { later, testDatabase } from "~tests/support/database";
import { mailWorld } from "~tests/support/mail-world";
import { until } from "~tests/support/until";

describe("the queue of mails", () => {
  it("refuses what is not one recipient", async () => {
    const queue = await queueOf();
    for (const to of [
      "ada@example.test\r\nBcc: all@example.test",
      "ada@example.test, eve@example.test",
      "ada@example.test;eve@example.test",
      "Ada <ada@example.test>",
      "ada@example.test\u2028",
      '"ada eve"@example.test',
      "ada",
      "",
    ])
      await expect(queue({ to }), to).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("refuses a subject of more than one line", async () => {
    const queue = await queueOf();
    for (const subject of ["a\nBcc: all@example.test", "a\r\n\r\nbody", "a\0", "a\u2029b"])
      await expect(queue({ subject }), subject).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("takes addresses as people have them, in any script", () => {
    for (const to of [
      "ada@example.org",
      "o'brien+x@sub.example.org",
      "größe@bücher.example",
      "a@[192.0.2.1]",
    ])
      expect(isMailAddress(to), to).toBe(true);
  });

  it("reads a sender with and without a name", () => {
    expect(readSender("Backup <b@example.org>")).toEqual({ name: "Backup", address: "b@example.org" });
    expect(readSender(" b@example.org ")).toEqual({ name: "", address: "b@example.org" });
    for (const text of ["", "Backup", "Backup <b>", "A <a@x.org>, B <b@x.org>", "A\nB <a@x.org>", "<a@x.org"])
      expect(readSender(text), text).toBeNull();
  });

  it("sends only what was committed", async () => {
    const { database, send, server } = await mailWorld();
    const ctx = database.ctx();
    const rolledBack = ctx.db.transaction(async (tx) => {
      await queueMail({ ...ctx, db: tx }, { to: "a@example.test", subject: "a", text: "a", validMinutes: 5 });
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect(await send()).toBeNull();
    expect(server.taken).toEqual([]);
  });

  it("wakes the worker at once, long before its next look", async () => {
    const { server, database } = await mailWorld({ security: "none" });
    const loop = await startMailLoop({ sweepMs: 600_000 });
    try {
      // Due by the clock of the loop, which is the machine's.
      const began = performance.now();
      await queueMail(
        { db: database.pool.db, now: new Date() },
        { to: "ada@example.test", subject: "now", text: "now", validMinutes: 5 },
      );
      await until("the mail is there", () => server.taken.length === 1, { everyMs: 10 });
      expect(performance.now() - began).toBeLessThan(2000);
    } finally {
      await loop.stop();
      await (await changeFeed()).close();
    }
  });

  it("forgets after 30 days what was sent, and nothing that waits", async () => {
    const { database, queue, send, row } = await mailWorld({ security: "none" });
    const sent = await queue();
    await send();
    const waiting = await queue({ validMinutes: 60 * 24 * 60 });
    await purgeMails(database.workerCtx(later({ hours: 24 * 29 })));
    expect(await row(sent)).toHaveProperty("id");
    await purgeMails(database.workerCtx(later({ hours: 24 * 31 })));
    expect(await row(sent)).toBeUndefined();
    expect(await row(waiting)).toHaveProperty("id");
  });
});

async function queueOf() {
  const ctx = (await testDatabase()).ctx();
  return (more: { to?: string; subject?: string }) =>
    queueMail(ctx, { to: "ada@example.test", subject: "a", text: "a", validMinutes: 5, ...more });
}
