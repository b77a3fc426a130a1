import { describe, expect, it } from "vitest";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { getClient } from "~/server/clients/get-client";
import { listClients } from "~/server/clients/list-clients";
import { listTags } from "~/server/clients/list-tags";
import { removeClient } from "~/server/clients/remove-client";
import { setTags } from "~/server/clients/set-tags";
import { journalEntries } from "~/server/db/schema/journal";
import { type TestDatabase, testDatabase } from "~tests/support/database";
import { callerOf, insertPerson } from "~tests/support/people";

async function tag(database: TestDatabase, id: string, tags: string[]) {
  return setTags(database.ctx(), await authorize(database.ctx(), "manage-clients", id), { tags });
}

describe("the tags of a client", () => {
  it("are replaced as a whole, shown with it, found by, and journaled before and after", async () => {
    const database = await testDatabase();
    const ctx = database.ctx();
    const { id: web } = await createClient(ctx, { name: "web-01" });
    const { id: db } = await createClient(ctx, { name: "db-01" });
    expect(await tag(database, web, ["web", "berlin", "web"])).toEqual({ tags: ["berlin", "web"] });
    await tag(database, db, ["berlin"]);
    expect((await getClient(ctx, await authorize(ctx, "view", web))).tags).toEqual(["berlin", "web"]);
    const named = async (tagged?: string) =>
      (await listClients(ctx, { tag: tagged, limit: 10 })).items.map(({ name, tags }) => [name, tags]);
    expect(await named("web")).toEqual([["web-01", ["berlin", "web"]]]);
    expect(await named("berlin")).toHaveLength(2);
    expect(await named("nowhere")).toEqual([]);
    expect(await listTags(ctx)).toEqual([
      { tag: "berlin", clients: 2 },
      { tag: "web", clients: 1 },
    ]);
    await tag(database, web, []);
    expect(await named("web")).toEqual([]);
    const [last] = (await database.pool.db.select().from(journalEntries)).slice(-1);
    expect(last).toMatchObject({
      ...{ action: "client.tags", clientId: web, actorName: "Ada Admin" },
      detail: { before: { tags: ["berlin", "web"] }, after: { tags: [] } },
    });
    const proof = await authorize(ctx, "manage-clients", db);
    await removeClient(ctx, proof, { typedName: "db-01" });
    await expect(setTags(ctx, proof, { tags: ["web"] })).rejects.toMatchObject({ code: "not-found" });
    expect(await listTags(ctx)).toEqual([]);
  });

  it("decide with the next request who may see it, and only an admin sets them", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const bob = await insertPerson(database, {
      name: "Bob",
      grants: [{ clientId: null, tag: "web", permissions: ["view", "backup", "manage-plans"] }],
    });
    const seen = async () => {
      const caller = await callerOf(database.pool, bob.signInId);
      return (await caller.clients.list({})).items.map(({ name }) => name);
    };
    expect(await seen()).toEqual([]);
    await tag(database, id, ["web", "berlin"]);
    expect(await seen()).toEqual(["web-01"]);
    const caller = await callerOf(database.pool, bob.signInId);
    expect(await caller.clients.tags()).toHaveLength(2);
    await expect(caller.clients.setTags({ id, tags: ["mine"] })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await tag(database, id, ["berlin"]);
    expect(await seen()).toEqual([]);
    expect(await (await callerOf(database.pool, bob.signInId)).clients.tags()).toEqual([]);
  });
});
