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

const evil = "evil.example";

describe("a poisoned host", () => {
  it("Host names another site: no page and no answer repeats it", async () => {
    const { cookies } = await web.signIn();
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    for (const path of ["/", "/sign-in", "/clients/new", "/nosuchpage", "/api/auth/csrf", "/install.sh"]) {
      const answer = await web.ask(path, { headers: { host: evil, cookie } });
      expect([path, answer.status < 500]).toEqual([path, true]);
      expect(`${path} ${answer.text} ${JSON.stringify(answer.headers)}`).not.toContain(evil);
    }
  });

  it("X-Forwarded-Host, X-Host, Forwarded and their kin name it", async () => {
    const kin = {
      "x-forwarded-host": evil,
      "x-host": evil,
      forwarded: `host=${evil}`,
      "x-original-host": evil,
    };
    for (const path of ["/", "/sign-in", "/api/auth/providers", "/api/auth/signin"]) {
      const answer = await web.ask(path, { headers: kin });
      expect(`${path} ${answer.text} ${JSON.stringify(answer.headers)}`).not.toContain(evil);
    }
  });

  it("signing in under another name sends nobody there", async () => {
    const answer = await authForm(web.ask, {
      path: "/api/auth/callback/password",
      fields: { email: SCREEN_ADMIN.email, password: "wrong", callbackUrl: `https://${evil}/` },
      headers: { host: evil, origin: `https://${evil}` },
    });
    const { url } = JSON.parse(answer.text) as { url: string };
    expect(new URL(url).origin).toBe(web.url);
  });

  it("two Host lines, a host in the path, and a host that is none are refused", async () => {
    for (const [path, host] of [
      ["http://evil.example/", "127.0.0.1"],
      ["/", "evil.example/x"],
      ["/", "a b"],
      ["/", "evil.example@127.0.0.1"],
    ] as const)
      expect([path, host, (await web.ask(path, { headers: { host } })).status]).toEqual([path, host, 400]);
  });

  it("links in the line that machines paste come from APP_URL", async () => {
    const admin = await web.signIn();
    const headers = { ...admin.ownHeaders(), "x-forwarded-host": evil };
    const made = await admin.mutate("clients.create", { name: "poisoned" }, headers);
    expect(made.status).toBe(200);
    expect(made.text).not.toContain(evil);
  });
});
