import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AttackedWeb, authForm, startAttackedWeb } from "~tests/support/attacked-web";
import { SCREEN_ADMIN } from "~tests/support/screens-seed";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let web: AttackedWeb;
beforeAll(async () => {
  web = await startAttackedWeb(ROOT);
});
afterAll(() => web?.stop());

/** Where an answer sends a browser that asked `from`. */
function goal(location: string | string[] | undefined, from: string): string {
  return new URL(String(location ?? ""), from).origin;
}

const ELSEWHERE = [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/%09/evil.example/",
  "/.//evil.example/",
  "https:evil.example",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
];

describe("open redirects", () => {
  it.each(ELSEWHERE)("sign-in is asked to go on to %s", async (to) => {
    const answer = await web.ask(`/sign-in?to=${encodeURIComponent(decodeURIComponent(to))}`);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/(href|action|content)="[^"]*evil\.example/);
  });

  it.each(ELSEWHERE)("next-auth is asked to go on to %s after signing in", async (callbackUrl) => {
    const answer = await authForm(web.ask, {
      path: "/api/auth/callback/password",
      fields: { ...SCREEN_ADMIN, callbackUrl },
      headers: { origin: web.url },
    });
    const { url } = JSON.parse(answer.text) as { url: string };
    expect(new URL(url).origin).toBe(web.url);
    await web.pool.sql`delete from rate_limits`;
  });

  it.each(ELSEWHERE)("next-auth's own pages are asked to go on to %s", async (callbackUrl) => {
    const query = new URLSearchParams({ callbackUrl });
    for (const path of ["/api/auth/signin", "/api/auth/signout", "/api/auth/error"]) {
      const answer = await web.ask(`${path}?${query}`);
      if (answer.headers.location) expect(goal(answer.headers.location, web.url + path)).toBe(web.url);
    }
  });

  it("a page that needs a sign-in sends to our own sign-in page only, whatever its path", async () => {
    for (const path of [
      "/jobs",
      "/jobs?x=//evil.example",
      "/clients/..%2f..%2fevil.example",
      "/%2f%2fevil.example",
    ]) {
      const answer = await web.ask(path);
      if (answer.headers.location) expect(goal(answer.headers.location, web.url + path)).toBe(web.url);
    }
  });

  it("a path of slashes, which Next would tidy up by a redirect, is refused", async () => {
    for (const path of ["//evil.example", "///evil.example/%2e%2e", "/\\evil.example", "//evil.example//"])
      expect((await web.ask(path)).status).toBe(400);
    for (const path of ["/x//evil.example", "/jobs/", "/x/..//evil.example"]) {
      const { headers } = await web.ask(path);
      if (headers.location) expect(goal(headers.location, web.url + path)).toBe(web.url);
    }
  });
});
