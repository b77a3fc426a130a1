import { describe, expect, it } from "vitest";
import { clientId } from "~/domain/id";
import { ACTIONS } from "~/domain/permission";
import { authorize } from "~/server/access/authorize";
import { rateLimit } from "~/server/access/rate-limit";
import { createClient } from "~/server/clients/create-client";
import { rateLimits } from "~/server/db/schema/access";
import { later, testDatabase } from "~tests/support/database";

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
      { ctx: database.ctx({ actor: { ...database.admin, role: "user" } }), code: "forbidden" },
    ];
    for (const { ctx, code } of others) {
      for (const action of ACTIONS) {
        await expect(authorize(ctx, action, id)).rejects.toMatchObject({ code });
        await expect(authorize(ctx, action, "nosuchclient")).rejects.toMatchObject({ code });
      }
    }
  });
});

describe("a rate limit", () => {
  it("lets exactly as many through as it says when 100 ask at once, and forgets what is over", async () => {
    const database = await testDatabase();
    const limit = { name: "test", tries: 20, seconds: 60 };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => rateLimit(database.nobodyCtx(), limit).limit("one")),
    );
    expect(answers.filter(({ success }) => success)).toHaveLength(20);
    expect((await rateLimit(database.nobodyCtx(), limit).limit("two")).success).toBe(true);
    const after = database.nobodyCtx(later({ seconds: 61 }));
    expect((await rateLimit(after, limit).limit("three")).success).toBe(true);
    expect((await after.db.select().from(rateLimits)).map(({ key }) => key)).toEqual(["test:three"]);
  });
});
