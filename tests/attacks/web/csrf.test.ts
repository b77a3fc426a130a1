import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type AttackedWeb,
  authForm,
  type SignedIn,
  startAttackedWeb,
} from "~tests/support/attacked-web";
import { SCREEN_ADMIN } from "~tests/support/screens-seed";

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

let attempts = 0;

/** Adds a client as the admin's browser would; how many of that name there are then. */
async function attempt(headers: Record<string, string>): Promise<{ answer: Answer; clients: number }> {
  const name = `planted-${++attempts}`;
  const answer = await admin.mutate("clients.create", { name }, headers);
  const [row] = await web.pool.sql`select count(*)::int as n from clients where name = ${name}`;
  return { answer, clients: row?.n };
}

const evil = "https://evil.example";

describe("cross-site request forgery", () => {
  it("control: the same call from our own page works", async () => {
    expect(await attempt(admin.ownHeaders())).toMatchObject({ answer: { status: 200 }, clients: 1 });
  });

  it("another site sends the call with the person's cookies", async () => {
    const headers = { ...admin.ownHeaders(), origin: evil, "sec-fetch-site": "cross-site" };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("a page on a sub-domain sends it", async () => {
    const { host } = new URL(web.url);
    const headers = { ...admin.ownHeaders(), origin: `https://x.${host}`, "sec-fetch-site": "same-site" };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("a page on another port of the same machine sends it", async () => {
    const headers = { ...admin.ownHeaders(), origin: "https://127.0.0.1:1", "sec-fetch-site": "same-site" };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("a sandboxed frame sends it, whose origin is null", async () => {
    const headers = { ...admin.ownHeaders(), origin: "null", "sec-fetch-site": "cross-site" };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("an old browser names no Sec-Fetch-Site, only a foreign Origin", async () => {
    const { "sec-fetch-site": _, ...old } = admin.ownHeaders();
    expect(await attempt({ ...old, origin: evil })).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("somebody has the person's browser leave both headers out", async () => {
    const { "sec-fetch-site": _, origin: __, ...bare } = admin.ownHeaders();
    expect(await attempt(bare)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("a form sends JSON as text, which needs no preflight", async () => {
    const headers = { ...admin.ownHeaders(), "content-type": "text/plain" };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 415 }, clients: 0 });
  });

  it("a script that got into one page's origin checks knows the cookies but not the token", async () => {
    const { "x-bbs-csrf": _, ...without } = admin.ownHeaders();
    expect(await attempt(without)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("an attacker plants the token of a sign-in of their own", async () => {
    const own = await web.signIn();
    const token = own.cookies.get("__Host-bbs.csrf") ?? "";
    const cookie = admin.cookieHeader().replace(/__Host-bbs\.csrf=[^;]+/, `__Host-bbs.csrf=${token}`);
    const headers = { ...admin.ownHeaders(), cookie, "x-bbs-csrf": token };
    expect(await attempt(headers)).toMatchObject({ answer: { status: 403 }, clients: 0 });
  });

  it("an attacker adds a cookie to a bearer call of nobody's to skip the checks", async () => {
    const headers = { ...admin.ownHeaders(), origin: evil, authorization: "Bearer bbs_nobody" };
    const { answer, clients } = await attempt(headers);
    expect([answer.status, clients]).toEqual([401, 0]);
  });

  it("an image asks for a change with GET, alone and in a batch", async () => {
    const cookie = admin.cookieHeader();
    const input = encodeURIComponent('{"json":{"name":"planted"}}');
    for (const path of [`clients.create?input=${input}`, `clients.create?batch=1&input={"0":${input}}`])
      expect(
        (await web.ask(`/api/trpc/${path.replaceAll('"', "%22")}`, { headers: { cookie } })).status,
      ).toBe(405);
  });

  it("a method override turns a GET into a POST", async () => {
    const headers = { cookie: admin.cookieHeader(), "x-http-method-override": "POST" };
    expect((await web.ask("/api/trpc/clients.create?_method=POST", { headers })).status).toBe(405);
  });

  it("another site asks whether it may send our header, and is given no leave", async () => {
    const answer = await web.ask("/api/trpc/clients.create", {
      method: "OPTIONS",
      headers: {
        origin: evil,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-bbs-csrf",
      },
    });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("forged sign-ins and sign-outs", () => {
  const fields = { email: SCREEN_ADMIN.email, password: SCREEN_ADMIN.password };
  const path = "/api/auth/callback/password";
  const isSignedIn = (answer: Answer) => answer.cookies.some((one) => one.startsWith("__Host-bbs.sign-in="));

  it("another site signs the person in to the attacker's account", async () => {
    const answer = await authForm(web.ask, { path, fields, headers: { origin: evil } });
    expect([answer.status, isSignedIn(answer)]).toEqual([403, false]);
  });

  it("the same without any word of where it is from", async () => {
    const answer = await authForm(web.ask, { path, fields, headers: {} });
    expect([answer.status, isSignedIn(answer)]).toEqual([403, false]);
  });

  it("with a token that is not that of the cookie", async () => {
    const headers = { origin: web.url };
    const answer = await authForm(web.ask, {
      path,
      fields: { ...fields, csrfToken: "a".repeat(64) },
      headers,
    });
    expect([answer.status, isSignedIn(answer)]).toEqual([403, false]);
  });

  it("with a cookie that the attacker made", async () => {
    const cookie = `__Host-next-auth.csrf-token=${"a".repeat(64)}%7C${"b".repeat(64)}`;
    const forged = { ...fields, csrfToken: "a".repeat(64) };
    const answer = await authForm(web.ask, { path, fields: forged, headers: { origin: web.url, cookie } });
    expect([answer.status, isSignedIn(answer)]).toEqual([403, false]);
  });

  it("another site signs the person out, by POST and by GET", async () => {
    const { cookies } = await web.signIn();
    const cookie = `__Host-bbs.sign-in=${cookies.get("__Host-bbs.sign-in")}`;
    const answer = await web.ask("/api/auth/signout", {
      method: "POST",
      headers: { cookie, origin: evil, "content-type": "application/x-www-form-urlencoded" },
      body: "csrfToken=x",
    });
    expect(answer.status).toBe(403);
    await web.ask("/api/auth/signout", { headers: { cookie } });
    expect((await web.ask("/api/trpc/me.get", { headers: { cookie } })).status).toBe(200);
  });
});
