import { randomBytes } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { openPool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { mailPlace } from "~/server/mail/queue-mail";
import { type AppKey, readAppKeys } from "~/server/secrets/app-key";
import { openSecret, sealSecret } from "~/server/secrets/seal-secret";
import { verifySecrets } from "~/server/secrets/verify-secrets";
import { rotateKeys } from "~/server/system/rotate-keys";
import { type TestDatabase, testDatabase } from "~tests/support/database";

const newKey = () => randomBytes(32).toString("base64");
const keysOf = (...texts: string[]): [AppKey, ...AppKey[]] => readAppKeys(texts.join(","));

/** Mails whose text is sealed with this key. */
async function mails(database: TestDatabase, count: number, key: AppKey): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const sealed = ids.map((id) => sealSecret(`text ${id}`, mailPlace(id), [key]));
  await database.pool.sql`
    insert into outgoing_mails (id, recipient, subject, body_sealed, created_at, expires_at)
    select id, 'a@example.test', 's', sealed, now(), now() from unnest(${ids}::text[], ${sealed}::text[]) as r(id, sealed)`;
  return ids;
}

it("rotation seals everything anew, journals it, and says which key is not needed any more", async () => {
  const database = await testDatabase();
  const [fresh, old, oldest] = [newKey(), newKey(), newKey()];
  const keys = keysOf(fresh, old, oldest);
  const [newest, older, eldest] = keys;
  if (!older || !eldest) throw new Error("three keys");
  const ids = [...(await mails(database, 300, older)), ...(await mails(database, 5, eldest))];
  const batches: number[] = [];
  const done = await rotateKeys(database.ctx(), keys, { onBatch: ({ resealed }) => batches.push(resealed) });
  expect(done).toMatchObject({
    newest: newest.id,
    resealed: 305,
    left: 0,
    broken: [],
    droppable: [older.id, eldest.id],
  });
  expect(batches).toEqual([200, 105]);
  const rows = await database.pool.sql<
    { id: string; body_sealed: string }[]
  >`select id, body_sealed from outgoing_mails`;
  expect(rows.length).toBe(ids.length);
  for (const row of rows)
    expect(openSecret(row.body_sealed, mailPlace(row.id), keysOf(fresh))).toBe(`text ${row.id}`);
  const entries = await database.pool.sql`select action, detail from journal_entries`;
  expect(entries).toMatchObject([
    { action: "keys.rotated", detail: { newest: newest.id, resealed: 305, left: 0 } },
  ]);
  // Again: nothing to do, nothing to tell.
  expect(await rotateKeys(database.ctx(), keys)).toMatchObject({ resealed: 0, left: 0 });
});

it("a row that somebody works on is waited for without holding anybody up, and theirs is kept", async () => {
  const database = await testDatabase();
  const [fresh, old] = [newKey(), newKey()];
  const keys = keysOf(fresh, old);
  const [newest, older] = keys;
  if (!older) throw new Error("two keys");
  const [busy = "", other = ""] = await mails(database, 2, older);
  const pool = openPool(database.url, { most: 1 });
  onTestFinished(() => pool.end());
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const locked = new Promise<void>((isLocked, failed) => {
    pool.sql
      .begin(async (tx) => {
        const theirs = sealSecret("theirs", mailPlace(busy), [newest]);
        await tx`update outgoing_mails set body_sealed = ${theirs} where id = ${busy}`;
        isLocked();
        await held;
      })
      .catch(failed);
  });
  await locked;
  const first = await rotateKeys(database.ctx(), keys, { patienceMs: 0 });
  expect(first).toMatchObject({ resealed: 1, left: 1, droppable: [] });
  release();
  const second = await rotateKeys(database.ctx(), keys);
  expect(second).toMatchObject({ left: 0, droppable: [older.id] });
  const text = async (id: string) => {
    const [row] = await database.pool.sql`select body_sealed from outgoing_mails where id = ${id}`;
    return openSecret(String(row?.body_sealed), mailPlace(id), keys);
  };
  expect(await text(busy)).toBe("theirs");
  expect(await text(other)).toBe(`text ${other}`);
});

it("a secret that does not open stays as it is, is named, and keeps its key", async () => {
  const database = await testDatabase();
  const keys = keysOf(newKey(), newKey());
  const [, older] = keys;
  if (!older) throw new Error("two keys");
  const [one = "", two = ""] = await mails(database, 2, older);
  await database.pool
    .sql`update outgoing_mails set body_sealed = (select body_sealed from outgoing_mails where id = ${two}) where id = ${one}`;
  const done = await rotateKeys(database.ctx(), keys);
  expect(done).toMatchObject({ resealed: 1, left: 1, droppable: [], broken: [{ rowId: one }] });
  expect((await verifySecrets(database.ctx(), keys)).broken).toMatchObject([{ rowId: one }]);
});

it("rotation is refused while a running program does not know the newest key", async () => {
  const database = await testDatabase();
  const [fresh, old] = [newKey(), newKey()];
  const keys = keysOf(fresh, old);
  const [, older] = keys;
  if (!older) throw new Error("two keys");
  await mails(database, 1, older);
  const program = openPool(database.url, { most: 1, applicationName: `bbs ${older.id}` });
  await program.sql`select 1`;
  await expect(rotateKeys(database.ctx(), keys)).rejects.toMatchObject({
    code: "forbidden",
    say: expect.stringContaining("Restart the server"),
  });
  await program.end();
  const restarted = openPool(database.url, {
    most: 1,
    applicationName: `bbs ${keys.map(({ id }) => id).join(",")}`,
  });
  onTestFinished(() => restarted.end());
  await restarted.sql`select 1`;
  expect(await rotateKeys(database.ctx(), keys)).toMatchObject({ resealed: 1, left: 0 });
});
