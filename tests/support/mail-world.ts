import { eq } from "drizzle-orm";
import { onTestFinished } from "vitest";
import type { Setting } from "~/domain/settings";
import { outgoingMails } from "~/server/db/schema/mail";
import { queueMail } from "~/server/mail/queue-mail";
import { type MailOutcome, sendDueMail } from "~/server/mail/send-due-mail";
import { saveSetting } from "~/server/settings/save-setting";
import { later, type TestDatabase, testDatabase } from "./database";
import { MAIL_USER, type MailServer, startMailServer } from "./mail-server";

/** A database, a real mail server, and our settings for it. */
export interface MailWorld {
  database: TestDatabase;
  server: MailServer;
  /** Tries one mail that is due, so many minutes after the start. */
  send(minutes?: number, given?: { trust?: string; timeLimitMs?: number }): Promise<MailOutcome>;
  queue(more?: Partial<Parameters<typeof queueMail>[1]>): Promise<string>;
  row(id: string): Promise<typeof outgoingMails.$inferSelect | undefined>;
}

export async function mailWorld(
  given: {
    security?: Setting<"mail">["security"];
    auth?: boolean;
    setting?: Partial<Setting<"mail">>;
    password?: string;
    allowed?: string[];
  } = {},
): Promise<MailWorld> {
  const database = await testDatabase();
  const server = await startMailServer(given);
  onTestFinished(() => server.stop());
  const ctx = database.ctx();
  const { allowed = ["localhost"] } = given;
  await saveSetting(ctx, { name: "outgoing", value: { allowed } });
  const secret = given.password ?? (given.auth ? MAIL_USER.password : undefined);
  await saveSetting(ctx, { name: "mail", value: server.setting(given.setting), secret });
  return {
    database,
    server,
    send: (minutes = 0, more = {}) =>
      sendDueMail(() => database.workerCtx(later({ minutes })), { trust: server.certificate, ...more }),
    queue: async (more = {}) =>
      (
        await queueMail(ctx, {
          ...{ to: "ada@example.test", subject: "Grüße", text: "Dear Ada,\n.\nyours", validMinutes: 60 },
          ...more,
        })
      ).id,
    row: async (id) => (await ctx.db.select().from(outgoingMails).where(eq(outgoingMails.id, id)))[0],
  };
}
