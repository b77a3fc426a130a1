import { expect, it } from "vitest";
import { GET } from "~/app/api/trpc/[trpc]/route";
import { createToken } from "~/server/access/create-token";
import { hashToken } from "~/server/token";
import { testDatabase } from "~tests/support/database";

const ask = (token: string, peer = "192.0.2.7") =>
  GET(
    new Request("https://backup.example.test:3000/api/trpc/me.get", {
      headers: { authorization: `Bearer ${token}`, "x-bbs-peer": peer },
    }),
  );

async function withToken() {
  const database = await testDatabase();
  const given = {
    userId: database.admin.userId,
    name: "script",
    scopes: ["view" as const],
    expiresInDays: null,
  };
  const { token } = await createToken({ ...database.ctx(), now: new Date() }, given);
  return { database, token };
}

it("tokens that nobody has are refused after twenty from one address, while a good one from there works", async () => {
  const { token } = await withToken();
  for (let i = 0; i < 20; i++) expect((await ask(`bbs_wrong${i}`)).status).toBe(401);
  const refused = await ask("bbs_wrong");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(200);
  expect(await refused.text()).toContain("Too many tries. Try again in 5 minutes.");
  expect((await ask("no token at all")).status).toBe(429);
  expect((await ask(token)).status).toBe(200);
  expect((await ask("bbs_wrong", "192.0.2.8")).status).toBe(401);
});

it("a token may call twelve hundred times in a minute; another token of the same person is counted apart", async () => {
  const { database, token } = await withToken();
  const { sql } = database.pool;
  await sql`
    insert into rate_limits (key, window_ends_at, used)
    values (${`token:token ${hashToken(token)}`}, now() + interval '60 seconds', 1199)`;
  expect((await ask(token)).status).toBe(200);
  expect((await ask(token)).status).toBe(429);
  const given = {
    userId: database.admin.userId,
    name: "other",
    scopes: ["view" as const],
    expiresInDays: null,
  };
  const other = await createToken({ ...database.ctx(), now: new Date() }, given);
  expect((await ask(other.token)).status).toBe(200);
});
