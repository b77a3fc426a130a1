import { describe, expect, it } from "vitest";
import type { Permission } from "~/domain/permission";
import { createCaller } from "~/server/api/root";
import { openPassphrase } from "~/server/repositories/passphrase";
import { later, TEST_START, testDatabase } from "~tests/support/database";
import { enrolledClient, readyRepository, reportNode } from "~tests/support/fleet";
import type { personActor } from "~tests/support/person";

async function repository() {
  const database = await testDatabase();
  await reportNode(database.ctx());
  const client = await enrolledClient(database.ctx(), "web-01");
  const { id } = await readyRepository(database.ctx(), client.id);
  const reveal = async (given: Parameters<typeof personActor>[0], now = TEST_START) => {
    const api = createCaller({
      ...database.ctx({ actor: { ...database.admin, ...given }, now }),
      peer: null,
    });
    return api.repositories.revealPassphrase({ id });
  };
  return { database, client, id, reveal };
}

describe("a passphrase is shown", () => {
  it("to whoever may, has just confirmed it, and it stands in the journal without it", async () => {
    const { database, client, id, reveal } = await repository();
    const { passphrase } = await reveal({ confirmedAt: TEST_START }, later({ minutes: 4 }));
    expect(passphrase).toBe(await openPassphrase(database.ctx(), id));
    const [entry] = await database.pool.sql`
      select action, client_id, repository_id, say, detail from journal_entries order by id desc limit 1`;
    expect(entry).toMatchObject({
      ...{ action: "repository.passphrase", client_id: client.id, repository_id: id },
      say: "Showed the passphrase of repository main.",
    });
    expect(JSON.stringify(entry)).not.toContain(passphrase);
  });

  it("never in a browser that was left open", async () => {
    const { reveal } = await repository();
    const refused = { cause: { code: "confirmation-needed" } };
    await expect(reveal({ confirmedAt: null })).rejects.toMatchObject(refused);
    await expect(reveal({ confirmedAt: TEST_START }, later({ minutes: 5 }))).rejects.toMatchObject(refused);
  });

  it("never by permission for another client, nor by any other permission for this one", async () => {
    const { client, reveal } = await repository();
    const asUser = (permissions: Permission[], clientId: string | null) =>
      reveal({
        ...{ role: "user", confirmedAt: TEST_START },
        grants: [{ clientId, tag: null, permissions }],
      });
    await expect(asUser(["view", "reveal-secrets"], "otherclient")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const others: Permission[] = [
      "view",
      "backup",
      "restore",
      "manage-repositories",
      "maintenance",
      "delete-archives",
    ];
    await expect(asUser(others, client.id)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await asUser(["view", "reveal-secrets"], client.id)).passphrase).toMatch(/\S{20}/);
  });

  it("by token only with the scope for it", async () => {
    const { reveal } = await repository();
    const token = { via: "token", signInId: null, tokenId: "t" } as const;
    const without = { ...token, scopes: ["view", "manage-repositories", "administer"] } as const;
    await expect(reveal(without)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await reveal({ ...token, scopes: ["view", "reveal-secrets"] })).passphrase).toMatch(/\S{20}/);
  });
});
