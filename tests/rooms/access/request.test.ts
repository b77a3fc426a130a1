import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson from "superjson";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { TOKEN_PRESETS } from "~/domain/token-scopes";
import { createToken } from "~/server/access/create-token";
import { createRequestContext } from "~/server/api/answer-request";
import { objectionTo, readWithinLimit } from "~/server/api/guard-request";
import { appRouter, createCaller } from "~/server/api/root";
import { openPool, type Pool } from "~/server/db";
import { testDatabase } from "~tests/support/database";

const hooks = globalThis as typeof globalThis & { bbsPool?: Pool };

const url = "https://backup.example.test:3000/api/trpc/plans.run";
const post = (headers: Record<string, string>) =>
  new Request(url, { method: "POST", headers: { host: "backup.example.test:3000", ...headers }, body: "{}" });
const json = { "content-type": "application/json" };

describe("a request that changes something", () => {
  it.each([
    ["same-origin by Sec-Fetch-Site", { ...json, cookie: "a=b", "sec-fetch-site": "same-origin" }],
    ["same origin by Origin", { ...json, cookie: "a=b", origin: "https://backup.example.test:3000" }],
    ["with a token and no cookie", { ...json, authorization: "Bearer bbs_x" }],
    ["without cookie or token", { ...json }],
    [
      "from the address it came to, which is not APP_URL",
      { ...json, cookie: "a=b", origin: "https://192.0.2.7:3000", "x-forwarded-host": "192.0.2.7:3000" },
    ],
  ])("passes: %s", (_, headers) => {
    expect(objectionTo(post(headers))).toBeNull();
  });

  it.each([
    ["from another site", 403, { ...json, cookie: "a=b", "sec-fetch-site": "cross-site" }],
    ["from a sibling site", 403, { ...json, cookie: "a=b", "sec-fetch-site": "same-site" }],
    ["from another origin", 403, { ...json, cookie: "a=b", origin: "https://evil.example" }],
    ["without a cookie, from another origin", 403, { ...json, origin: "https://evil.example" }],
    [
      "from a sub-domain of ours",
      403,
      { ...json, cookie: "a=b", origin: "https://x.backup.example.test:3000" },
    ],
    ["from our host over http", 403, { ...json, cookie: "a=b", origin: "http://backup.example.test:3000" }],
    [
      "when Origin and Sec-Fetch-Site disagree",
      403,
      { ...json, cookie: "a=b", "sec-fetch-site": "same-origin", origin: "https://evil.example" },
    ],
    ["from a page without an origin", 403, { ...json, cookie: "a=b", origin: "null" }],
    ["that tells nothing of where it is from", 403, { ...json, cookie: "a=b" }],
    ["as a form", 415, { "content-type": "text/plain", cookie: "a=b", "sec-fetch-site": "same-origin" }],
    ["of 9 MB", 413, { ...json, "content-length": "9000000", authorization: "Bearer bbs_x" }],
  ])("is refused %s", (_, status, headers) => {
    expect(objectionTo(post(headers))?.status).toBe(status);
  });
});

describe("the body of a request", () => {
  const streamed = (bytes: number) => {
    let left = bytes;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left <= 0) return controller.close();
        controller.enqueue(new Uint8Array(Math.min(left, 65_536)).fill(97));
        left -= 65_536;
      },
    });
    return new Request(url, { method: "POST", headers: json, body, duplex: "half" } as RequestInit);
  };

  it("is passed on whole up to 8 MB", async () => {
    const read = await readWithinLimit(streamed(8 * 1024 * 1024));
    if (!(read instanceof Request)) throw new Error("it was refused");
    expect((await read.arrayBuffer()).byteLength).toBe(8 * 1024 * 1024);
    expect(read.headers.get("content-type")).toBe("application/json");
  });

  it("is refused beyond it, also when it names no length", async () => {
    expect(await readWithinLimit(streamed(8 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });
});

describe("the shape of a request", () => {
  const many = (calls: number) =>
    new URL(Array(calls).fill("me.get").join(","), "https://b.example/api/trpc/");

  it("is at most twenty calls, also when their commas are escaped", () => {
    expect(objectionTo(new Request(many(20)))).toBeNull();
    expect(objectionTo(new Request(many(21)))?.status).toBe(400);
    const escaped = many(21).href.replaceAll(",", "%2C");
    expect(objectionTo(new Request(escaped))?.status).toBe(400);
  });

  it.each([
    ["nested too deeply", "[".repeat(40) + "]".repeat(40)],
    ["that names a prototype", '{"json":{"__proto__":{"role":"admin"}}}'],
  ])("is refused %s, in a query as in a body", async (_, text) => {
    const query = new Request(`${url}?input=${encodeURIComponent(text)}`);
    expect(objectionTo(query)?.status).toBe(400);
    const body = new Request(url, { method: "POST", headers: json, body: text });
    expect(await readWithinLimit(body)).toMatchObject({ status: 400 });
  });
});

async function ask(path: string, input: unknown) {
  const database = await testDatabase();
  const { token } = await createToken(
    { ...database.ctx(), now: new Date() },
    { userId: database.admin.userId, name: "test", scopes: TOKEN_PRESETS.everything, expiresInDays: null },
  );
  const query = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
  const get = () =>
    fetchRequestHandler({
      endpoint: "/api/trpc",
      req: new Request(`https://backup.example.test:3000/api/trpc/${path}?input=${query}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
      router: appRouter,
      createContext: ({ req, resHeaders }) => createRequestContext(req, resHeaders),
    });
  return { database, get };
}

describe("an answer", () => {
  it("carries a refusal's code and words", async () => {
    const { get } = await ask("clients.get", { id: "nosuchclient" });
    const response = await get();
    expect(response.status).toBe(404);
    const body = superjson.deserialize((await response.json()).error);
    expect(body).toMatchObject({
      data: { code: "NOT_FOUND", refusal: { code: "not-found", say: "There is no such client." } },
    });
  });

  it("names the fields of an input that cannot be used", async () => {
    const { get } = await ask("clients.list", { limit: 5000 });
    const response = await get();
    expect(response.status).toBe(400);
    const body = superjson.deserialize((await response.json()).error);
    expect(body).toMatchObject({
      data: { refusal: { code: "invalid-input", fields: { limit: expect.any(String) } } },
    });
  });

  it("shows of a fault its reference only", async () => {
    const { get } = await ask("clients.list", {});
    hooks.bbsPool = openPool(inject("databaseAdminUrl"));
    const response = await get();
    await hooks.bbsPool.end();
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toMatch(/Quote reference [0-9a-f]{10}/);
    expect(text).not.toMatch(/select|relation|postgres|stack|node_modules/i);
  });

  it("tells that the database is away, and nothing of where it is", async () => {
    const { database, get } = await ask("clients.list", {});
    await database.pool.end();
    const response = await get();
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toMatch(/"database-away".*try again/i);
    expect(text).not.toMatch(/select|CONNECTION_ENDED|postgres|stack|node_modules/i);
    await expect(createCaller({ ...database.ctx(), peer: null }).clients.list({})).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
    });
  });

  it("is the same for a fault inside a procedure", async () => {
    const database = await testDatabase();
    const elsewhere = openPool(inject("databaseAdminUrl"));
    onTestFinished(() => elsewhere.end());
    const caller = createCaller({ ...database.ctx(), db: elsewhere.db, peer: null });
    await expect(caller.clients.list({})).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      message: expect.stringMatching(/^Something broke here. Quote reference [0-9a-f]{10}/),
    });
  });
});
