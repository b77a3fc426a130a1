import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { lookForTrouble } from "~/server/alerts/look-for-trouble";
import { alerts } from "~/server/db/schema/alerts";
import { clients } from "~/server/db/schema/clients";
import { jobs } from "~/server/db/schema/jobs";
import { provisionClient } from "~/server/maintenance/provision-client";
import { requestClientQuotas, setClientQuota } from "~/server/maintenance/set-client-quota";
import { recordSize } from "~/server/repositories/mark-repository";
import { boundKeeper } from "~/worker/bound-keeper";
import { agentWorld, pollOk } from "~tests/support/agent-world";
import { readyRepository } from "~tests/support/fleet";
import { journalOf } from "~tests/support/journal";
import { ScriptedKeeper } from "~tests/support/scripted-keeper";

const GIB = 1024 ** 3;

async function world() {
  const lab = await agentWorld();
  const scripted = await new ScriptedKeeper().start();
  scripted.script["set-client-quota"] = () => ({ output: { usedBytes: 1 } });
  const keeper = boundKeeper(scripted.call, {});
  const clientId = lab.client.id;
  const may = await authorize(lab.admin(), "manage-clients", clientId);
  const other = await readyRepository(lab.admin(), clientId, "other");
  const sized = (repositoryId: string, bytes: number) => recordSize(lab.admin(), { repositoryId, bytes });
  const ask = (quotaBytes: number | null, softQuotaBytes: number | null = null) =>
    requestClientQuotas(lab.admin(), may, { quotaBytes, softQuotaBytes });
  const open = async () =>
    (await lab.admin().db.select().from(alerts))
      .filter(({ resolvedAt, kind }) => resolvedAt === null && kind.startsWith("quota"))
      .map(({ kind, key }) => `${kind} ${key}`);
  return { ...lab, scripted, keeper, clientId, other, sized, ask, open };
}

it("tells the keeper of the hard one, holds the soft one at once, and journals both", async () => {
  const w = await world();
  const { jobId } = await w.ask(20 * GIB, 10 * GIB);
  expect(jobId).not.toBe(null);
  const [row] = await w.admin().db.select().from(clients).where(eq(clients.id, w.clientId));
  expect(row).toMatchObject({ quotaBytes: 20 * GIB, softQuotaBytes: 10 * GIB });
  await setClientQuota(w.database.workerCtx(), w.keeper, { clientId: w.clientId });
  expect(w.scripted.calls.at(-1)).toMatchObject({
    verb: "set-client-quota",
    input: { clientId: w.clientId, quotaBytes: 20 * GIB },
  });
  expect((await w.ask(20 * GIB, null)).jobId).toBe(null);
  const told = (await journalOf(w.database)).filter(({ action }) => action === "client.quota");
  expect(told).toHaveLength(2);
});

it("makes backups wait with the reason in words while all repositories together hold too much", async () => {
  const w = await world();
  await w.ask(10 * GIB);
  await w.sized(w.repositoryId, 6 * GIB);
  await w.sized(w.other.id, 5 * GIB);
  const jobId = await w.startBackup();
  expect((await pollOk(w)).jobs).toEqual([]);
  expect((await w.job(jobId)).problem).toMatchObject({
    code: "client-over-quota",
    say: expect.stringContaining("11.0 GiB of 10.0 GiB are used"),
  });
  await w.ask(30 * GIB);
  expect((await pollOk(w)).jobs).toHaveLength(1);
});

it("raises one alert for each limit, and takes it back by itself", async () => {
  const w = await world();
  await w.ask(10 * GIB, 5 * GIB);
  await w.sized(w.repositoryId, 4 * GIB);
  await w.sized(w.other.id, 2 * GIB);
  const look = (minutes: number) =>
    lookForTrouble(w.database.workerCtx(new Date(Date.now() + minutes * 60_000)));
  await look(0);
  await look(1);
  expect(await w.open()).toEqual([`quota-soft quota-soft client ${w.clientId}`]);
  await w.sized(w.other.id, 7 * GIB);
  await look(2);
  expect(await w.open()).toEqual([`quota-hard quota-hard client ${w.clientId}`]);
  await w.sized(w.other.id, 0);
  await look(3);
  expect(await w.open()).toEqual([]);
});

it("comes with a machine that gets its account later", async () => {
  const w = await world();
  await w.database.pool.sql`update clients set provisioned_at = null`;
  expect(await w.ask(20 * GIB)).toEqual({ jobId: null });
  expect((await w.admin().db.select().from(jobs)).some(({ kind }) => kind === "set-client-quota")).toBe(
    false,
  );
  await w.database.pool.sql`update clients set ssh_public_key = ${`ssh-ed25519 ${"A".repeat(68)}`}`;
  await provisionClient(w.database.workerCtx(), w.keeper, { clientId: w.clientId });
  const asked = w.scripted.calls.map(({ verb }) => verb);
  expect(asked).toEqual(["provision-client", "set-client-quota"]);
});
