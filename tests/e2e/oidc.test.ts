import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { userId } from "~/domain/id";
import { approvePerson } from "~/server/access/approve-person";
import { createFirstAdmin } from "~/server/access/create-first-admin";
import type { Ctx } from "~/server/context";
import { openPool, type Pool } from "~/server/db";
import { oidcIdentities, users } from "~/server/db/schema/access";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { readSetting } from "~/server/settings/read-setting";
import { saveSetting } from "~/server/settings/save-setting";
import {
  answerOfProvider,
  type LocalOidcProvider,
  startLocalOidcProvider,
} from "~tests/support/local-oidc-provider";
import { personActor } from "~tests/support/person";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "~tests/support/postgres";
import { startScreenWeb } from "~tests/support/screens-web";
import { signInHere, untilListening } from "../support/sign-in-page";

/** Signing in by OpenID Connect: the built console, a real provider, a real browser. The rules themselves: tests/rooms/access/oidc. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ADMIN = { name: "Ada Admin", email: "admin@example.org", password: "correct horse battery staple" };
const BUTTON = "Sign in with Office";

let postgres: TestPostgres;
let databaseUrl: string;
let pool: Pool;
let ctx: Ctx;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let provider: LocalOidcProvider;
let browser: Browser;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await createTestDatabase(postgres.adminUrl, "oidc");
  pool = openPool(databaseUrl, { most: 4, applicationName: "oidc-test" });
  const nobody: Ctx = { db: pool.db, now: new Date(), actor: { kind: "nobody" } };
  const admin = await createFirstAdmin(nobody, ADMIN);
  ctx = {
    ...nobody,
    actor: personActor({ role: "admin", userId: userId.parse(admin.userId), confirmedAt: nobody.now }),
  };
  web = await startScreenWeb(ROOT, databaseUrl);
  provider = await startLocalOidcProvider(`${web.url}/api/auth/callback/oidc`);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await provider?.stop();
  await pool?.end();
  await postgres?.stop();
});

/** Somebody else at another browser, on the sign-in page. */
async function newVisitor(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${web.url}/sign-in`);
  return { page, context };
}

async function comeAs(person: LocalOidcProvider["person"]): Promise<Page> {
  provider.person = person;
  const { page } = await newVisitor();
  await goToProvider(page);
  return page;
}

async function goToProvider(page: Page): Promise<void> {
  await untilListening(page, BUTTON);
  await page.getByRole("button", { name: BUTTON }).click();
}

/** Begins a sign-in and has the answer of the provider before the browser has opened it. */
async function catchAnswer(): Promise<{ page: Page; answer: URL }> {
  provider.person = ADA;
  const { page } = await newVisitor();
  const begun = new Promise<string>((found) => {
    void page.route(`${provider.issuer}/auth?*`, async (route) => {
      found(route.request().url());
      await route.abort();
    });
  });
  await goToProvider(page);
  return { page, answer: await answerOfProvider(provider, await begun) };
}

async function newPeople(newPeople: "deny" | "pending" | "let-in"): Promise<void> {
  await saveSetting(ctx, { name: "oidc", value: { ...(await readSetting(ctx, "oidc")), newPeople } });
}

const ADA = { sub: "sub-ada", email: ADMIN.email, email_verified: true };
const EVE = { sub: "sub-eve", email: "eve@example.org", email_verified: true, name: "Eve" };

describe("an admin", () => {
  it("allows the provider inside, is told what it says of itself, and switches it on", async () => {
    const { page } = await newVisitor();
    expect(await page.getByRole("button", { name: /Sign in with/ }).count()).toBe(0);
    await signInHere(page, ADMIN);
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();

    await page.goto(`${web.url}/settings/oidc`);
    await page.getByLabel("Issuer").fill(provider.issuer);
    await page.getByRole("button", { name: "Ask the provider" }).click();
    await page.getByText(/127\.0\.0\.1 is an internal address/).waitFor();

    await page.goto(`${web.url}/settings/outgoing`);
    await page.getByLabel("Allowed inside, line 1").fill("0.0.0.0/0");
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.getByText(/allows too much/).waitFor();
    await page.getByLabel("Allowed inside, line 1").fill("127.0.0.1");
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.getByText("The settings are saved").waitFor();

    await page.goto(`${web.url}/settings/oidc`);
    await page.getByLabel("Issuer").fill(`${provider.issuer}/`);
    await page.getByRole("button", { name: "Ask the provider" }).click();
    await page.getByText(/Type the issuer exactly so/).waitFor();
    await page.getByLabel("Issuer").fill(provider.issuer);
    await page.getByRole("button", { name: "Ask the provider" }).click();
    await page.getByText("The provider answers and calls itself by this issuer").waitFor();
    await page.getByRole("checkbox", { name: "Let people sign in with OpenID Connect" }).click();
    await page.getByLabel("Name on the button").fill("Office");
    await page.getByLabel("Client id").fill(provider.clientId);
    await page.getByLabel(/Client secret/).fill(provider.clientSecret);
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.getByText("The settings are saved").waitFor();
    await page.reload();
    await page.getByText(/One is stored, encrypted/).waitFor();
    expect(await page.content()).not.toContain(provider.clientSecret);
  });
});

describe("somebody whom nobody has invited", () => {
  it("stays out with a plain sentence", async () => {
    const page = await comeAs(EVE);
    await page.getByText("Nobody has made you an account here yet.").waitFor();
    expect(await pool.db.select().from(users)).toHaveLength(1);
  });

  it("waits where that is set, reaches nothing, and goes on when an admin has let them in", async () => {
    await newPeople("pending");
    const page = await comeAs(EVE);
    await page.getByRole("heading", { name: "An admin has to let you in" }).waitFor();
    await page.goto(`${web.url}/clients`);
    await page.getByRole("heading", { name: "An admin has to let you in" }).waitFor();
    const answer = await page.request.get(`${web.url}/api/trpc/me.get`);
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain("approval-pending");
    const [eve] = await pool.db.select().from(users).where(eq(users.email, EVE.email));
    const grants = [{ clientId: null, tag: null, permissions: ["view" as const] }];
    await approvePerson(ctx, { userId: eve?.id ?? "", role: "user", grants });
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("heading", { name: "Clients", exact: true }).waitFor();
  });
});

describe("somebody who has an account", () => {
  it("is not linked by an address that the provider has not verified", async () => {
    for (const email_verified of [false, "true", undefined]) {
      const page = await comeAs({ sub: "sub-mallory", email: ADMIN.email, email_verified, name: "Mallory" });
      await page.getByText("Your provider has not verified your e-mail address").waitFor();
    }
    const linked = await pool.db.select().from(oidcIdentities);
    expect(linked.map(({ subject }) => subject)).toEqual(["sub-eve"]);
  });

  it("is linked by a verified one, with PKCE, state and nonce in what was asked", async () => {
    const page = await comeAs(ADA);
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.getByRole("button", { name: "You are Ada Admin" }).waitFor();
    const asked = provider.asked.at(-1)?.searchParams;
    expect(asked?.get("code_challenge_method")).toBe("S256");
    expect(asked?.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(asked?.get("state")).toMatch(/^[\w-]{20,}$/);
    expect(asked?.get("nonce")).toMatch(/^[\w-]{20,}$/);
    expect(asked?.get("redirect_uri")).toBe(`${web.url}/api/auth/callback/oidc`);
  });
});

describe("an attacker", () => {
  it.each(["state", "nonce", "code_challenge"])(
    "who changes the %s on the way gets nobody in",
    async (name) => {
      provider.person = ADA;
      const { page } = await newVisitor();
      await page.route(`${provider.issuer}/auth?*`, async (route) => {
        const url = new URL(route.request().url());
        url.searchParams.set(name, "A".repeat(43));
        await route.continue({ url: url.href });
      });
      await goToProvider(page);
      await page.getByText("Signing in at the provider did not come to its end.").waitFor();
      await page.goto(web.url);
      await page.waitForURL(/\/sign-in/);
    },
  );

  it("who sends their own answer of the provider to somebody else signs nobody in with it", async () => {
    const { answer } = await catchAnswer();
    const victim = await newVisitor();
    await victim.page.goto(answer.href);
    await victim.page.getByText("Signing in at the provider did not come to its end.").waitFor();
    expect((await victim.context.cookies()).map(({ name }) => name)).not.toContain("__Host-bbs.sign-in");
  });

  it("who answers with a token instead of a code gets nobody in", async () => {
    const { page, answer } = await catchAnswer();
    answer.searchParams.delete("code");
    answer.searchParams.set("id_token", "e30.e30.");
    const opened = await page.context().newPage();
    await opened.goto(answer.href);
    await opened.getByText("Signing in at the provider did not come to its end.").waitFor();
  });

  it("who names a provider that sends our server inside, by its own addresses or by a redirect, reaches nothing", async () => {
    let reached = 0;
    const inside = createServer((_, response) => {
      reached++;
      response.end("{}");
    });
    await new Promise<void>((listening) => inside.listen(0, "127.0.0.2", listening));
    onTestFinished(() => {
      inside.close();
      provider.instead = () => false;
    });
    const address = inside.address();
    const target = `http://127.0.0.2:${typeof address === "object" ? address?.port : 0}/`;
    const right = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
    const told = (change: object) => {
      provider.instead = ({ url }, response) => {
        if (url === "/elsewhere") return Boolean(response.writeHead(307, { location: target }).end());
        if (!url?.endsWith("/openid-configuration")) return false;
        return Boolean(response.end(JSON.stringify({ ...right, ...change })));
      };
    };
    for (const change of [
      { token_endpoint: target },
      { jwks_uri: target },
      { userinfo_endpoint: target },
      { token_endpoint: `${provider.issuer}/elsewhere` },
    ]) {
      told(change);
      const page = await comeAs(ADA);
      await page.getByText("Signing in at the provider did not come to its end.").waitFor();
    }
    expect(reached).toBe(0);
    await saveOutgoing(ctx, { allowed: [] });
    const page = await comeAs(ADA);
    await page.getByText("The provider does not answer as it should.").waitFor();
    await saveOutgoing(ctx, { allowed: ["127.0.0.1"] });
  });
});

describe("local sign-in", () => {
  it("is switched off only by an admin who came by the provider, and bbs-admin is the way back", async () => {
    const page = await comeAs(ADA);
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.goto(`${web.url}/settings/sign-in`);
    await page.getByRole("radio", { name: /Office only/ }).click();
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.getByText("The settings are saved").waitFor();

    const other = await newVisitor();
    await other.page.getByRole("button", { name: BUTTON }).waitFor();
    expect(await other.page.getByLabel("Password").count()).toBe(0);
    expect(await signInBehindTheForm(other.page)).toContain("forbidden");

    const { stdout } = await promisify(execFile)(
      process.execPath,
      [`${ROOT}/dist/bbs-admin.mjs`, "local-sign-in", "on"],
      { env: { ...process.env, DATABASE_URL: databaseUrl } },
    );
    expect(stdout).toContain("People can sign in by password and passkey again.");
    await other.page.reload();
    await signInHere(other.page, ADMIN);
    await other.page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await other.page.goto(`${web.url}/settings/sign-in`);
    expect(await other.page.getByRole("radio", { name: /Office only/ }).isDisabled()).toBe(true);
    await other.page.getByText(/Sign out and sign in with Office first/).waitFor();
  });
});

/** As a script of the page would, without the form that is not shown. The answer of next-auth. */
function signInBehindTheForm(page: Page): Promise<string> {
  return page.evaluate(async ({ email, password }) => {
    const { csrfToken } = await (await fetch("/api/auth/csrf")).json();
    const answer = await fetch("/api/auth/callback/password", {
      method: "POST",
      body: new URLSearchParams({ email, password, csrfToken, json: "true" }),
    });
    return answer.text();
  }, ADMIN);
}
