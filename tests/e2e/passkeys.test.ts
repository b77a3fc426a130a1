import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passkeys } from "~/server/db/schema/access";
import { type AccountWeb, leave, passwordOf, startAccountWeb } from "../support/account-web";
import { untilListening } from "../support/sign-in-page";

let web: AccountWeb;
let page: Page;
let context: BrowserContext;
let cdp: CDPSession;
let authenticatorId: string;

beforeAll(async () => {
  // Chromium takes passkeys under `localhost` without a certificate, under no address.
  web = await startAccountWeb("passkeys_test", (port) => `http://localhost:${port}`);
  ({ page, context } = await web.newPage());
  cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  ({ authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
});

afterAll(() => web?.stop());

async function visit(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).waitFor();
}

const overview = () => page.getByRole("heading", { name: "Overview" }).waitFor();

describe("a passkey of Chromium's own authenticator", () => {
  it("is added with a name, and recovery codes with it", async () => {
    await passwordOf(page);
    await overview();
    await visit("/account/security");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByLabel("Name of the passkey").fill("test laptop");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByRole("heading", { name: "Keep these recovery codes" }).waitFor();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("row", { name: /test laptop/ }).waitFor();
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is not made twice on one device", async () => {
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByLabel("Name of the passkey").fill("again");
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.getByText("holds a passkey of your account already").waitFor();
    await page.keyboard.press("Escape");
  });

  it("is renamed", async () => {
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("New name").fill("Ada's laptop");
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
    await page.getByRole("row", { name: /Ada's laptop/ }).waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("signs in alone: no e-mail, no password, no second step", async () => {
    await leave(context);
    await page.goto("/sign-in?to=/jobs");
    await untilListening(page, "Sign in with a passkey");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(/\/jobs$/);
    await page.getByText("live", { exact: true }).waitFor();
    const [passkey] = await web.pool.db.select().from(passkeys);
    expect(passkey?.counter).toBeGreaterThan(0);
    expect(passkey?.lastUsedAt).not.toBeNull();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is the second step after a password", async () => {
    await leave(context);
    await passwordOf(page);
    await page.waitForURL(/\/sign-in\/second-factor/);
    expect(await page.getByLabel("Code of your authenticator app").count()).toBe(0);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await overview();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("does nothing when the person is not verified", async () => {
    await leave(context);
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await page.goto("/sign-in");
    await untilListening(page, "Sign in with a passkey");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("No passkey was shown").waitFor();
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await overview();
  });

  it("confirms, and is removed then; the browser's copy of it opens nothing any more", async () => {
    await web.forgetConfirmations();
    await visit("/account/security");
    await page
      .getByRole("row", { name: /Ada's laptop/ })
      .getByRole("button", { name: "Remove" })
      .click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("button", { name: "Confirm with a passkey" }).click();
    await page.getByText("No passkey yet.").waitFor();
    await leave(context);
    await page.goto("/sign-in");
    await untilListening(page, "Sign in with a passkey");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("This server does not know this passkey").waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });
});
