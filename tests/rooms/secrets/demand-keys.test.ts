import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { newId } from "~/server/db/new-id";
import { mailPlace } from "~/server/mail/queue-mail";
import { readAppKeys } from "~/server/secrets/app-key";
import { sealSecret } from "~/server/secrets/seal-secret";
import { demandKeys } from "~/supervisor/demand-keys";
import { testDatabase } from "~tests/support/database";

const newKey = () => randomBytes(32).toString("base64");

it("does not start with a key that does not open what is stored, and names the one that is missing", async () => {
  const database = await testDatabase();
  const [used, other] = [newKey(), newKey()];
  await demandKeys(database.url, other);
  const id = newId();
  const keys = readAppKeys(used);
  await database.pool.sql`
    insert into outgoing_mails (id, recipient, subject, body_sealed, created_at, expires_at)
    values (${id}, 'a@example.test', 's', ${sealSecret("text", mailPlace(id), keys)}, now(), now())`;
  await demandKeys(database.url, used);
  await demandKeys(database.url, `${other},${used}`);
  await expect(demandKeys(database.url, other)).rejects.toThrow(`key ${keys[0].id} (1 stored secrets)`);
});
