import { describe, expect, it } from "vitest";
import { clientId } from "~/domain/id";
import { ACTIONS, type Action, type Grant } from "~/domain/permission";
import type { Refusal } from "~/domain/refusal";
import { authorize } from "~/server/access/authorize";
import { createClient } from "~/server/clients/create-client";
import { clients, clientTags } from "~/server/db/schema/clients";
import { visibleTo } from "~/server/db/visible-to";
import { testDatabase } from "~tests/support/database";
import { personActor } from "~tests/support/person";

describe("permission", () => {
  it("for everything is an admin's and the worker's, for clients that there are", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    for (const ctx of [database.ctx(), database.workerCtx()]) {
      for (const action of ACTIONS) {
        expect(await authorize(ctx, action, id)).toEqual({ action, clientId: id });
        await expect(authorize(ctx, action, "nosuchclient")).rejects.toMatchObject({ code: "not-found" });
      }
    }
  });

  it("is nobody else's, and they do not learn which clients there are", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    const others = [
      { ctx: database.nobodyCtx(), code: "not-signed-in" },
      { ctx: database.agentCtx(clientId.parse(id)), code: "forbidden" },
      { ctx: database.ctx({ actor: personActor() }), code: "not-found" },
    ];
    for (const { ctx, code } of others) {
      for (const action of ACTIONS) {
        await expect(authorize(ctx, action, id)).rejects.toMatchObject({ code });
        await expect(authorize(ctx, action, "nosuchclient")).rejects.toMatchObject({ code });
      }
    }
  });

  it("is what was granted: for all, for one client, for a tag, and no more", async () => {
    const database = await testDatabase();
    const { id: web } = await createClient(database.ctx(), { name: "web-01" });
    const { id: db } = await createClient(database.ctx(), { name: "db-01" });
    await database.pool.db.insert(clientTags).values({ clientId: db, tag: "databases" });
    const cases: { grant: Grant; may: [string, Action][] }[] = [
      {
        grant: { clientId: null, tag: null, permissions: ["backup"] },
        may: both(web, db, ["view", "backup"]),
      },
      { grant: { clientId: web, tag: null, permissions: ["view"] }, may: [[web, "view"]] },
      {
        grant: { clientId: null, tag: "databases", permissions: ["restore"] },
        may: [
          [db, "view"],
          [db, "restore"],
        ],
      },
      { grant: { clientId: null, tag: "nowhere", permissions: ["view", "backup"] }, may: [] },
      { grant: { clientId: null, tag: null, permissions: [] }, may: [] },
    ];
    for (const { grant, may } of cases) {
      const ctx = database.ctx({ actor: personActor({ grants: [grant] }) });
      const visible = await ctx.db
        .select({ id: clients.id })
        .from(clients)
        .where(visibleTo(ctx.actor, clients.id));
      expect(visible.map((one) => one.id).sort()).toEqual(
        may.flatMap(([id, action]) => (action === "view" ? [id] : [])).sort(),
      );
      for (const id of [web, db])
        for (const action of ACTIONS) {
          const given = may.some(([one, what]) => one === id && what === action);
          const seen = may.some(([one]) => one === id);
          const answer = await authorize(ctx, action, id).then(
            () => "given",
            (refusal: Refusal) => refusal.code,
          );
          expect([id, action, answer]).toEqual([
            id,
            action,
            given ? "given" : seen ? "forbidden" : "not-found",
          ]);
        }
    }
  });

  it("is nothing while a sign-in is not whole, and never more than a token's scopes", async () => {
    const database = await testDatabase();
    const { id } = await createClient(database.ctx(), { name: "web-01" });
    for (const standing of ["second-factor-missing", "not-enrolled", "pending"] as const) {
      const ctx = database.ctx({ actor: personActor({ role: "admin", standing }) });
      await expect(authorize(ctx, "view", id)).rejects.toMatchObject({ code: "not-found" });
    }
    const token = personActor({ role: "admin", via: "token", scopes: ["view", "backup"] });
    const ctx = database.ctx({ actor: token });
    await authorize(ctx, "backup", id);
    await expect(authorize(ctx, "reveal-secrets", id)).rejects.toMatchObject({ code: "forbidden" });
  });
});

const both = (one: string, other: string, actions: Action[]): [string, Action][] =>
  [one, other].flatMap((id) => actions.map((action): [string, Action] => [id, action]));
