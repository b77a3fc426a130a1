import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AttackedWeb, type SignedIn, startAttackedWeb } from "~tests/support/attacked-web";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let web: AttackedWeb;
beforeAll(async () => {
  web = await startAttackedWeb(ROOT);
});
afterAll(() => web?.stop());

let admin: SignedIn;
beforeAll(async () => {
  admin = await web.signIn();
});

/** The body of a change, as bytes of the attacker's choice. */
const send = (body: string, path = "clients.create", headers: Record<string, string> = {}) =>
  web.ask(`/api/trpc/${path}`, {
    method: "POST",
    headers: { ...admin.ownHeaders(), "content-type": "application/json", ...headers },
    body,
  });

describe("bodies", () => {
  it("nested a hundred thousand levels deep", async () => {
    expect((await send("[".repeat(100_000) + "]".repeat(100_000))).status).toBe(400);
    expect((await send('{"json":'.repeat(100_000))).status).toBe(400);
  });

  it("nested in a query", async () => {
    const input = encodeURIComponent("[".repeat(200) + "]".repeat(200));
    expect(
      (await web.ask(`/api/trpc/clients.list?input=${input}`, { headers: admin.ownHeaders() })).status,
    ).toBe(400);
  });

  it.each([
    ["__proto__", '{"json":{"name":"a","__proto__":{"role":"admin"}}}'],
    ["an escaped __proto__", '{"json":{"name":"a","\\u005f\\u005fproto__":{"role":"admin"}}}'],
    ["constructor.prototype", '{"json":{"name":"a","constructor":{"prototype":{"role":"admin"}}}}'],
    ["a path of superjson", '{"json":{"name":"a"},"meta":{"values":{"__proto__.role":["undefined"]}}}'],
    [
      "a reference of superjson",
      '{"json":{"name":"a"},"meta":{"referentialEqualities":{"name":["constructor.prototype.role"]}}}',
    ],
  ])("that reach for the prototype of all objects by %s", async (_, body) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect((await web.ask("/api/trpc/me.get", { headers: admin.ownHeaders() })).text).not.toContain(
      "polluted",
    );
  });

  // The server answers before all of it was sent, and closes: who is still writing may see only that.
  it("of 9 MB", { retry: 3 }, async () => {
    expect((await send(`{"json":{"name":"${"a".repeat(9_000_000)}"}}`)).status).toBe(413);
  });

  it("of 100 kB to the sign-in", async () => {
    const answer = await web.ask("/api/auth/callback/password", {
      method: "POST",
      headers: { origin: web.url, "content-type": "application/x-www-form-urlencoded" },
      body: `email=${"a".repeat(100_000)}`,
    });
    expect(answer.status).toBe(413);
  });

  it("with a hundred calls in one", async () => {
    const path = `${Array(100).fill("me.get").join(",")}?batch=1`;
    expect((await web.ask(`/api/trpc/${path}`, { headers: admin.ownHeaders() })).status).toBe(400);
  });

  it("with two words on their length, which a proxy and a server may read differently", async () => {
    const headers = {
      ...admin.ownHeaders(),
      "transfer-encoding": "chunked",
      "content-type": "application/json",
    };
    const answer = await web.ask("/api/trpc/clients.create", { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(400);
  });

  it("that are no JSON, no UTF-8 or empty", async () => {
    for (const body of ["", "{", "\u0000", '"\\ud800"', "[1,2", '{"json":undefined}'])
      expect([body, (await send(body)).status]).toEqual([body, 400]);
  });

  it("as XML, as a form and as a file", async () => {
    for (const type of [
      "application/xml",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ])
      expect((await send("{}", "clients.create", { "content-type": type })).status).toBe(415);
  });

  it("that give more than a procedure takes: a role, an id, an owner", async () => {
    const extra =
      '{"json":{"name":"mass","id":"mine","enrolledAt":"2020-01-01","storageNodeId":"other","role":"admin"}}';
    const answer = await send(extra);
    const rows = await web.pool
      .sql`select id, enrolled_at, storage_node_id from clients where id = 'mine' or name = 'mass'`;
    expect(rows.every(({ id, enrolled_at }) => id !== "mine" && enrolled_at === null)).toBe(true);
    expect([200, 400]).toContain(answer.status);
  });

  it("are posted to a page", async () => {
    const steered: Record<string, string>[] = [
      {},
      { "next-action": "a".repeat(40) },
      { "next-action": "../../../x" },
    ];
    for (const headers of steered) {
      const answer = await web.ask("/jobs", {
        method: "POST",
        headers: { ...admin.ownHeaders(), "content-type": "text/plain;charset=UTF-8", ...headers },
        body: "[]",
      });
      expect(answer.status).not.toBe(500);
      expect(answer.text).not.toMatch(/node_modules|\bat [\w.]+ \(/);
    }
  });
});
