import { expect, it } from "vitest";
import { userId } from "~/domain/id";
import { SETTINGS } from "~/domain/settings";
import { saveDigest, sendDueDigests } from "~/server/alerts/digests";
import { createCaller } from "~/server/api/root";
import { plans } from "~/server/db/schema/plans";
import { mailPlace } from "~/server/mail/queue-mail";
import { openSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { insertPerson } from "~tests/support/acting-people";
import { alertWorld } from "~tests/support/alert-world";
import { later } from "~tests/support/database";
import { personActor } from "~tests/support/person";

const DAILY = { every: "day", hour: 7, zone: "Europe/Berlin" } as const;

async function ready() {
  const world = await alertWorld();
  const ctx = world.database.ctx();
  const mail = SETTINGS.mail.parse({ host: "mail.example.test", from: "b@example.test" });
  await saveSetting(ctx, { name: "mail", value: mail });
  const person = async (grants: Parameters<typeof insertPerson>[1]["grants"] = []) =>
    personActor({
      userId: userId.parse(await insertPerson(world.database, { grants })),
      grants: grants ?? [],
    });
  const mails = async () => {
    const rows = await world.database.pool.sql<
      { id: string; recipient: string; subject: string; body_sealed: string }[]
    >`
      select id, recipient, subject, body_sealed from outgoing_mails where subject like 'Backups of%' order by recipient`;
    return rows.map((row) => ({ ...row, text: openSecret(row.body_sealed, mailPlace(row.id)) }));
  };
  const send = (hours: number) => sendDueDigests(world.database.workerCtx(later({ hours })));
  return { world, ctx, person, mails, send };
}

it("goes out once at the hour of the person's zone, with what that person may see", async () => {
  const { world, ctx, person, mails, send } = await ready();
  const viewer = await person([{ clientId: world.clientId, tag: null, permissions: ["view"] }]);
  const stranger = await person();
  const objectives = { rpoHours: 6, restoreProvenDays: null, offsiteHours: null };
  await world.database.pool.db.update(plans).set({ objectives });
  for (const actor of [viewer, stranger, world.database.admin])
    await saveDigest({ ...ctx, actor }, { choice: DAILY });
  // 7:00 in Berlin is 6:00 UTC, twenty hours after the tests begin.
  expect(await send(19.9)).toEqual({ sent: 0 });
  await world.look(19.9 * 60);
  const results = await Promise.all([send(20), send(20)]);
  expect(results.map(({ sent }) => sent).reduce((a, b) => a + b)).toBe(2);
  const sent = await mails();
  expect(sent.map((mail) => mail.recipient).sort()).toEqual(
    ["admin@example.test", `${viewer.userId}@example.test`].sort(),
  );
  expect(sent[0]?.subject).toBe("Backups of the day: 1 of 1 plans breaks its promise");
  expect(sent[0]?.text).toContain("- web-01, System: Overdue for");
  expect(await send(30)).toEqual({ sent: 0 });
});

it("is quiet on a day on which nothing is wrong, and comes every week all the same", async () => {
  const { world, ctx, mails, send } = await ready();
  const actor = world.database.admin;
  await world.archive();
  await saveDigest({ ...ctx, actor }, { choice: DAILY });
  expect(await send(20)).toEqual({ sent: 0 });
  await saveDigest({ ...ctx, actor }, { choice: { ...DAILY, every: "week" } });
  // TEST_START is a Monday after seven; the next one is a week later.
  expect(await send(6 * 24)).toEqual({ sent: 0 });
  expect(await send(7 * 24)).toEqual({ sent: 1 });
  expect((await mails())[0]?.subject).toBe("Backups of the week: 1 of 1 plan keeps what they promise");
});

it("is not sent to a person who was disabled, nor after it was switched off", async () => {
  const { world, ctx, person, send } = await ready();
  const gone = await person([{ clientId: null, tag: null, permissions: ["view"] }]);
  await saveDigest({ ...ctx, actor: gone }, { choice: { ...DAILY, every: "week" } });
  await world.database.pool.sql`update users set disabled_at = now() where id = ${gone.userId}`;
  const actor = world.database.admin;
  await saveDigest({ ...ctx, actor }, { choice: { ...DAILY, every: "week" } });
  await saveDigest({ ...ctx, actor }, { choice: null });
  expect(await send(8 * 24)).toEqual({ sent: 0 });
});

it("is shown before it is chosen, and refuses a zone that is none", async () => {
  const { world } = await ready();
  const caller = createCaller({ ...world.database.ctx(), peer: null });
  expect(await caller.digests.get()).toEqual({ choice: null, nextAt: null, mailIsSet: true });
  expect(await caller.digests.preview({ every: "week" })).toMatchObject({ isSent: true });
  await caller.digests.save({ choice: DAILY });
  expect(await caller.digests.get()).toMatchObject({ choice: DAILY, nextAt: later({ hours: 20 }) });
  await expect(caller.digests.save({ choice: { ...DAILY, zone: "Mars/Olympus" } })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});
