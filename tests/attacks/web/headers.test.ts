import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AttackedWeb, startAttackedWeb } from "~tests/support/attacked-web";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let web: AttackedWeb;
beforeAll(async () => {
  web = await startAttackedWeb(ROOT);
});
afterAll(() => web?.stop());

describe("what an answer lets a browser do", () => {
  const WANTED: [string, string][] = [
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", "DENY"],
    ["referrer-policy", "same-origin"],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
  ];

  it.each([
    "/sign-in",
    "/nosuchpage",
    "/api/health",
    "/api/trpc/me.get",
    "/api/trpc/nosuch.procedure",
    "/api/auth/csrf",
    "/api/agent/v1/poll",
    "/agent/bbs-agent.mjs",
    "/install.sh",
    "/_next/static/nosuchfile.js",
    "/api/nosuchroute",
  ])("frame it, sniff it or read it from elsewhere: %s", async (path) => {
    const { headers } = await web.ask(path);
    for (const [name, value] of WANTED) expect([path, name, headers[name]]).toEqual([path, name, value]);
    expect(headers["content-security-policy"]).toMatch(/frame-ancestors 'none'/);
    expect(headers["permissions-policy"]).toMatch(/camera=\(\).*microphone=\(\)/);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it("a page runs only scripts with the nonce of this very answer", async () => {
    const [one, other] = await Promise.all([web.ask("/sign-in"), web.ask("/sign-in")]);
    const policy = String(one.headers["content-security-policy"]);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(nonce.length).toBeGreaterThan(20);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|https?:/);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(String(other.headers["content-security-policy"])).not.toContain(nonce);
    for (const [tag] of one.text.matchAll(/<script[^>]*>/g)) expect(tag).toContain(`nonce="${nonce}"`);
  });

  it("a line end in a header or an address becomes a header of the answer", async () => {
    for (const path of [
      "/sign-in?to=%0d%0aset-cookie:%20evil=1",
      "/%0d%0aset-cookie:%20evil=1",
      "/jobs?x=%0d%0a%0d%0a<html>",
    ]) {
      const { headers, cookies } = await web.ask(path);
      expect(cookies.join()).not.toContain("evil");
      expect(JSON.stringify(headers)).not.toContain("\\n");
    }
  });

  it("the cookies of a sign-in are closed to scripts, to other hosts and to http", async () => {
    const answer = await web.signIn();
    expect([...answer.cookies.keys()].filter((name) => name.includes("sign-in"))).toEqual([
      "__Host-bbs.sign-in",
    ]);
    const csrf = await web.ask("/api/trpc/me.get", {
      headers: { cookie: `__Host-bbs.sign-in=${answer.cookies.get("__Host-bbs.sign-in")}` },
    });
    expect(csrf.cookies).toEqual([
      expect.stringMatching(/^__Host-bbs\.csrf=\S+; Path=\/; .*SameSite=Strict; Secure$/),
    ]);
  });
});

describe("what an answer tells", () => {
  it.each([
    ["a procedure that does not exist", "/api/trpc/nosuch.procedure"],
    ["an input that is no JSON", "/api/trpc/clients.get?input=%7B"],
    [
      "an input that superjson cannot open",
      "/api/trpc/clients.get?input=%7B%22json%22%3A1%2C%22meta%22%3A%7B%22values%22%3A%22x%22%7D%7D",
    ],
    ["a page that does not exist", "/nosuchpage/../../etc/passwd"],
    ["an escape that is none", "/%E0%A4%A"],
    ["a route of next-auth that does not exist", "/api/auth/nosuch"],
  ])("of the inside of the server after %s", async (_, path) => {
    const { text, status } = await web.ask(path);
    expect(status).toBeLessThan(500);
    expect(text).not.toMatch(/node_modules|\bat [\w.]+ \(|\/dist\/|\.next\/server|postgres:\/\/|APP_KEY/);
  });
});
