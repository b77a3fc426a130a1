import { encode } from "next-auth/jwt";
import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { GET, POST } from "~/app/api/trpc/[trpc]/route";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import { signIn } from "~/server/access/sign-in";
import { appRouter } from "~/server/api/root";
import { cookieSecret } from "~/server/secrets/app-key";
import { testDatabase } from "~tests/support/database";

const origin = "https://backup.example.test:3000";
const password = "correct horse battery staple of Ada";

async function signedIn() {
  const database = await testDatabase({ empty: true });
  const ctx = { ...database.ctx(), now: new Date() };
  await createFirstAdmin(ctx, { email: "ada@example.test", name: "Ada", password });
  const cookieOf = async () => {
    const given = { email: "ada@example.test", password, peer: "192.0.2.7", device: null };
    const { signInId } = await signIn(ctx, given);
    return `__Host-bbs.sign-in=${await encode({ token: { sid: signInId }, secret: cookieSecret() })}`;
  };
  return { database, cookie: await cookieOf(), cookieOf };
}

const get = (path: string, cookie: string) =>
  GET(new Request(`${origin}/api/trpc/${path}`, { headers: { cookie } }));

/** The token that a page of this sign-in gets. */
async function tokenFor(cookie: string): Promise<string> {
  const set = (await get("me.get", cookie)).headers.get("set-cookie") ?? "";
  expect(set).toMatch(/^__Host-bbs\.csrf=\S+; Path=\/; Max-Age=\d+; SameSite=Strict; Secure$/);
  return set.slice("__Host-bbs.csrf=".length).split(";")[0] ?? "";
}

const addClient = (cookie: string, headers: Record<string, string> = {}) =>
  POST(
    new Request(`${origin}/api/trpc/clients.create`, {
      method: "POST",
      headers: {
        cookie,
        origin,
        "sec-fetch-site": "same-origin",
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(superjson.serialize({ name: "web-01" })),
    }),
  );

describe("a change over the cookie of a sign-in", () => {
  it("passes with the token of that sign-in, as cookie and as header", async () => {
    const { cookie } = await signedIn();
    const token = await tokenFor(cookie);
    const answer = await addClient(`${cookie}; __Host-bbs.csrf=${token}`, { "x-bbs-csrf": token });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  it("is refused without such a token, whoever else made it, and is given one that holds", async () => {
    const { cookie, cookieOf } = await signedIn();
    const token = await tokenFor(cookie);
    const other = await tokenFor(await cookieOf());
    const cases: [string, { kept?: string; shown?: string }][] = [
      ["without a token", {}],
      ["with the cookie only", { kept: token }],
      ["with the header only", { shown: token }],
      ["with a token that was changed", { kept: `x${token}`, shown: `x${token}` }],
      ["with a made-up token", { kept: "a.b", shown: "a.b" }],
      ["with an empty one", { kept: "", shown: "" }],
      ["with the token of another sign-in", { kept: other, shown: other }],
    ];
    for (const [name, { kept, shown }] of cases) {
      const cookies = kept === undefined ? cookie : `${cookie}; __Host-bbs.csrf=${kept}`;
      const answer = await addClient(cookies, shown === undefined ? {} : { "x-bbs-csrf": shown });
      const renewed = answer.headers.get("x-bbs-csrf-renewed");
      expect([name, answer.status, renewed]).toEqual([name, 403, kept === token ? null : "1"]);
    }
    const { headers } = await addClient(cookie);
    const fresh = /__Host-bbs\.csrf=([^;]+)/.exec(headers.get("set-cookie") ?? "")?.[1] ?? "";
    expect((await addClient(`${cookie}; __Host-bbs.csrf=${fresh}`, { "x-bbs-csrf": fresh })).status).toBe(
      200,
    );
  });
});

it("GET changes nothing: every mutation is refused over it, alone and among others", async () => {
  const { cookie } = await signedIn();
  const mutations = Object.entries<unknown>(appRouter._def.procedures).flatMap(([path, procedure]) =>
    isMutation(procedure) ? [path] : [],
  );
  expect(mutations.length).toBeGreaterThan(20);
  for (const path of mutations) {
    expect([path, (await get(path, cookie)).status]).toEqual([path, 405]);
    expect([path, (await get(`${path},${path}?batch=1`, cookie)).status]).toEqual([path, 405]);
    expect([path, (await get(`me.get,${path}?batch=1`, cookie)).status]).toEqual([path, 400]);
  }
});

function isMutation(procedure: unknown): boolean {
  const def = typeof procedure === "function" && "_def" in procedure ? procedure._def : null;
  return typeof def === "object" && def !== null && "type" in def && def.type === "mutation";
}
