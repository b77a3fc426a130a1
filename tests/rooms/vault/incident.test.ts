import { expect, it } from "vitest";
import { outgoingMails } from "~/server/db/schema/mail";
import { mailPlace } from "~/server/mail/queue-mail";
import { openSecret } from "~/server/secrets/seal-secret";
import { saveSetting } from "~/server/settings/save-setting";
import { goodEnd, pollOk, reportOk } from "~tests/support/agent-world";
import { holdRepository, releaseHold, type VaultWorld, vaultWorld } from "~tests/support/vault-world";

const REVIEW = {
  transactions: [
    {
      ...{ transaction: 9, session: 7, committedAt: "2026-11-23T02:15:00.000Z" },
      ...{ objectsAdded: 2, objectsRemoved: 120, bytesAdded: 4096 },
    },
  ],
  archivesThen: [{ borgId: "ab".repeat(32), name: "web-01-sunday", observedAt: "2026-11-22T02:00:00.000Z" }],
  archivesNow: [],
  truncated: false,
};
const ROLLED_BACK = {
  ...{ transaction: 5, segmentsTakenAway: 2, segmentsPutBack: 3, archives: 41 },
  ...{ markerArchive: "bbs-rolled-back", seconds: 1.5 },
};

/** A repository that was found tampered with, its incident open. */
async function held(): Promise<VaultWorld & { incidentId: string; auditId: string }> {
  const world = await vaultWorld();
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({ output: REVIEW });
  world.keeper.script["list-sessions"] = (input) => ({
    output: {
      sessions:
        Number(input.fromSequence) > 7
          ? []
          : [
              {
                ...{ sequence: 7, clientId: world.client.id, peerAddress: "192.0.2.66" },
                ...{ startedAt: "2026-11-23T02:14:00.000Z", endedAt: "2026-11-23T02:15:00.000Z" },
                ...{ bytesIn: 4096, bytesOut: 100, exitCode: 0, refused: null, writing: true },
                ...{ repositoryId: world.repositoryId, transactionBefore: 5, transactionAfter: 9 },
                ...{ callsRefused: 0, refusedCalls: [] },
              },
            ],
    },
  });
  const audit = await world.audit();
  const { items } = await world.console.vault.incidents({ open: true });
  return { ...world, incidentId: items[0]?.id ?? "", auditId: audit.id };
}

const journal = async (world: VaultWorld) =>
  (
    await world.database.pool
      .sql`select action, actor_kind, say from journal_entries where action like 'vault.%' order by id`
  ).map((row) => [row.action, row.actor_kind]);

it("mails every admin once, where mail is set up, with what happened and where to decide", async () => {
  const world = await vaultWorld();
  const value = {
    host: "mail.example.test",
    port: 587,
    security: "starttls" as const,
    user: "",
    from: "bbs@example.test",
  };
  await saveSetting(world.database.ctx(), { name: "mail", value });
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({ output: REVIEW });
  await world.audit();
  await world.audit();
  const mails = await world.database.pool.db.select().from(outgoingMails);
  expect(mails.map(({ recipient, subject }) => [recipient, subject])).toEqual([
    ["admin@example.test", "Tampering: web-01/main is quarantined"],
  ]);
  const [mail] = mails;
  const text = openSecret(mail?.bodySealed ?? "", mailPlace(mail?.id ?? ""));
  expect(text).toContain("3 archives vanished");
  expect(text).toMatch(/https:\/\/backup\.example\.test:3000\/incidents\/[a-z0-9]{16}$/);
});

it("opens one incident, with the evidence, the session, the review and one sentence for people", async () => {
  const world = await held();
  expect(await world.job(world.auditId)).toMatchObject({
    state: "warned",
    problem: { code: "not-clean", say: expect.stringContaining("3 archives vanished") },
  });
  await world.audit();
  const { items } = await world.console.vault.incidents({});
  expect(items).toHaveLength(1);
  const incident = await world.console.vault.incident({ id: world.incidentId });
  expect(incident).toMatchObject({
    ...{ clientName: "web-01", repositoryName: "main", lastCleanArchives: 41, resolvedAt: null },
    ...{ evidence: [{ kind: "archives-missing", count: 3 }], review: REVIEW, rollBackJobId: null },
    sessions: [{ sequence: 7, peerAddress: "192.0.2.66", transactionAfter: 9 }],
    lastCleanAt: new Date("2026-11-23T01:59:00.000Z"),
  });
  expect(incident.sentence).toContain("from 192.0.2.66");
  expect(incident.sentence).toContain("nothing is lost");
  expect(await journal(world)).toEqual([["vault.hold", "worker"]]);
  const { needsYou } = await world.console.overview.get();
  expect(needsYou[0]).toMatchObject({ incidentId: world.incidentId });
});

it("holds the repository even when its review cannot be read, and reads it at the next audit", async () => {
  const world = await vaultWorld();
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({ refuse: "passphrase-wrong" });
  await world.audit();
  const [open] = (await world.console.vault.incidents({ open: true })).items;
  expect(await world.console.vault.incident({ id: open?.id ?? "" })).toMatchObject({ review: null });
  world.keeper.script["review-hold"] = () => ({ output: REVIEW });
  world.keeper.script["audit-repository"] = () => ({ refuse: "repository-held" });
  expect(await world.audit()).toMatchObject({ state: "warned" });
  expect(await world.console.vault.incident({ id: open?.id ?? "" })).toMatchObject({ review: REVIEW });
});

it("hands nothing out for a held repository, and says what to do", async () => {
  const world = await vaultWorld();
  const waiting = await world.startBackup();
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({ output: REVIEW });
  await world.audit();
  expect((await pollOk(world)).jobs).toEqual([]);
  expect(await world.job(waiting)).toMatchObject({
    state: "blocked",
    problem: { code: "repository-quarantined", say: expect.stringContaining("Review the incident") },
  });
  await world.console.jobs.cancel({ id: waiting });
  await expect(world.startBackup()).rejects.toMatchObject({ code: "repository-quarantined" });
  await expect(world.console.vault.compact({ repositoryId: world.repositoryId })).rejects.toMatchObject({
    cause: { code: "repository-quarantined" },
  });
});

it("rolls back through the console, gives work out again and says who decided and what it did", async () => {
  const world = await held();
  await expect(
    world.console.vault.rollBack({ incidentId: world.incidentId, typedName: "other" }),
  ).rejects.toMatchObject({ cause: { code: "invalid-input" } });
  world.keeper.script["roll-back"] = () => {
    releaseHold(world.keeper);
    return { output: ROLLED_BACK };
  };
  const asked = { incidentId: world.incidentId, typedName: "main" };
  const { jobId } = await world.console.vault.rollBack(asked);
  expect(await world.ended(jobId)).toMatchObject({ state: "succeeded" });
  const call = world.keeper.calls.find(({ verb }) => verb === "roll-back");
  expect(call?.input).toMatchObject({ repositoryId: world.repositoryId, transaction: null });
  expect(await world.console.vault.incident({ id: world.incidentId })).toMatchObject({
    ...{ resolution: "rolled-back", resolvedByName: "Ada Admin", outcome: ROLLED_BACK, rollBackJobId: jobId },
    resolvedAt: expect.any(Date),
  });
  expect((await world.console.vault.get({ repositoryId: world.repositoryId })).incident).toBeNull();
  const backup = await world.startBackup();
  expect((await pollOk(world)).jobs).toMatchObject([{ jobId: backup }]);
  expect(await journal(world)).toEqual([
    ["vault.hold", "worker"],
    ["vault.roll-back.asked", "user"],
    ["vault.roll-back", "worker"],
  ]);
  await expect(world.console.vault.rollBack(asked)).rejects.toMatchObject({
    cause: { code: "invalid-input" },
  });
});

it("lets no machine keep the way back blocked by saying that its backup still runs", async () => {
  const world = await vaultWorld();
  const jobId = await world.startBackup();
  const lease = (await pollOk(world)).jobs[0]?.lease ?? 0;
  await reportOk(world, jobId, { lease });
  holdRepository(world.keeper);
  world.keeper.script["review-hold"] = () => ({ output: REVIEW });
  await world.audit();
  const [open] = (await world.console.vault.incidents({ open: true })).items;
  world.keeper.script["roll-back"] = () => {
    releaseHold(world.keeper);
    return { output: ROLLED_BACK };
  };
  const asked = await world.console.vault.rollBack({ incidentId: open?.id ?? "", typedName: "main" });
  expect(await world.job(jobId)).toMatchObject({
    ...{ state: "failed", problem: { code: "repository-quarantined" } },
  });
  expect(await world.ended(asked.jobId)).toMatchObject({ state: "succeeded" });
  // Whatever the machine says of it later changes nothing.
  await reportOk(world, jobId, { lease, ...goodEnd("late") });
  expect(await world.job(jobId)).toMatchObject({ state: "failed" });
});

it("does not act on the repository a second time when the worker dies after a roll-back", async () => {
  const world = await held();
  let times = 0;
  world.keeper.script["roll-back"] = () => {
    times++;
    releaseHold(world.keeper);
    return { output: ROLLED_BACK };
  };
  const { jobId } = await world.console.vault.rollBack({
    incidentId: world.incidentId,
    typedName: "main",
  });
  await world.ended(jobId);
  const again = await world.console.jobs.retry({ id: jobId });
  expect(await world.ended(again.jobId)).toMatchObject({ state: "succeeded" });
  expect(times).toBe(1);
});

it("accepts with a reason, takes the new key into escrow and gives work out again", async () => {
  const world = await held();
  const asked = { incidentId: world.incidentId, typedName: "main" };
  await expect(world.console.vault.accept({ ...asked, reason: " " })).rejects.toMatchObject({
    cause: { code: "invalid-input" },
  });
  world.keeper.script["export-key"] = () => ({ output: { text: "the new key", configSha256: "dd" } });
  world.keeper.script["accept-state"] = () => {
    releaseHold(world.keeper);
    return { output: { transaction: 9, archivesGivenUp: 3 } };
  };
  const { jobId } = await world.console.vault.accept({ ...asked, reason: "We changed it ourselves." });
  expect(await world.ended(jobId)).toMatchObject({ state: "succeeded" });
  expect(await world.console.vault.incident({ id: world.incidentId })).toMatchObject({
    ...{ resolution: "accepted", reason: "We changed it ourselves.", resolvedByName: "Ada Admin" },
    outcome: { archivesGivenUp: 3 },
  });
  expect(await world.console.vault.paperKey({ repositoryId: world.repositoryId })).toEqual({
    text: "the new key",
  });
  expect(await world.audit()).toMatchObject({ state: "succeeded" });
});

it("opens an incident when the sealed key is not the one in escrow", async () => {
  const world = await vaultWorld();
  world.keeper.script["review-hold"] = () => ({ refuse: "not-allowed" });
  expect(await world.audit()).toMatchObject({ state: "succeeded" });
  expect(await world.audit()).toMatchObject({ state: "succeeded" });
  world.keeper.script["export-key"] = () => ({ output: { text: "another key", configSha256: "dd" } });
  expect(await world.audit()).toMatchObject({ state: "warned" });
  const [open] = (await world.console.vault.incidents({ open: true })).items;
  expect(open).toMatchObject({ evidence: [{ kind: "config-changed", key: true }] });
  await expect(world.startBackup()).rejects.toMatchObject({ code: "repository-quarantined" });
});

it("keeps the key sealed in the database and journals every look at it", async () => {
  const world = await vaultWorld();
  await expect(world.console.vault.paperKey({ repositoryId: world.repositoryId })).rejects.toMatchObject({
    cause: { code: "repository-not-ready" },
  });
  world.keeper.script["export-key"] = (input) => ({
    output: { text: input.paper ? "PAPER 1: secret" : "BORG_KEY secret", configSha256: "dd" },
  });
  await world.audit();
  const [row] = await world.database.pool.sql`select key_sealed from key_escrows`;
  expect(row?.key_sealed).not.toContain("secret");
  const shown = await world.console.vault.paperKey({ repositoryId: world.repositoryId });
  expect(shown).toEqual({ text: "PAPER 1: secret" });
  expect(await journal(world)).toEqual([["vault.paper-key", "user"]]);
});

it("changes rules and releases old seals by the keeper, journaled", async () => {
  const world = await vaultWorld();
  await world.audit();
  const rules = { trashDays: 14, keepOldSealDays: 3, floorNewest: 5, floorWeeklyDays: 30 };
  world.keeper.script["set-vault-rules"] = () => ({ output: { inForceFrom: "2026-11-30T00:00:00.000Z" } });
  world.keeper.script["release-old-seals"] = () => ({ output: { freedBytes: 17 } });
  const set = await world.console.vault.setRules({ repositoryId: world.repositoryId, ...rules });
  expect(await world.ended(set.jobId)).toMatchObject({ state: "succeeded" });
  expect(world.keeper.calls.find(({ verb }) => verb === "set-vault-rules")?.input).toMatchObject(rules);
  const released = await world.console.vault.releaseOldSeals({
    repositoryId: world.repositoryId,
    typedName: "main",
  });
  expect(await world.ended(released.jobId)).toMatchObject({ state: "succeeded" });
  expect((await journal(world)).map(([action]) => action)).toEqual([
    ...["vault.rules.asked", "vault.rules", "vault.old-seals.asked", "vault.old-seals"],
  ]);
});
