import type { BrowserContext, Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { totpFactors } from "~/server/db/schema/access";
import { saveSetting } from "~/server/settings/save-setting";
import { type AccountWeb, leave, passwordOf, startAccountWeb } from "../support/account-web";
import { codeAt } from "../support/signed-in";

let web: AccountWeb;
let page: Page;
let context: BrowserContext;
let secret = "";
let codes: string[] = [];

beforeAll(async () => {
  web = await startAccountWeb("second_factor_test");
  ({ page, context } = await web.newPage());
});

afterAll(() => web?.stop());

/** Opens a page of the console and waits until it listens. */
async function visit(path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).waitFor();
}

async function readSecret(): Promise<string> {
  const shown = await page.getByTestId("totp-secret").textContent();
  return (shown ?? "").replace(/\s/g, "");
}

/** The code of now, as if it had not been shown yet: tests/rooms/access/totp shows that it works once, and here nobody waits 30 seconds. */
async function codeNow(): Promise<string> {
  await web.pool.db.update(totpFactors).set({ lastStep: null });
  return codeAt(secret, new Date());
}

async function typeCode(code: string, button: string): Promise<void> {
  await page.getByLabel("Code of your authenticator app").fill(code);
  await page.getByRole("button", { name: button, exact: true }).click();
}

describe("an authenticator app", () => {
  it("is added with its first code; ten recovery codes come with it, shown once", async () => {
    await passwordOf(page);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await visit("/account/security");
    await page.getByText("whoever learns your password gets in").waitFor();
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    await page.getByRole("img", { name: "QR code with the key for your authenticator app" }).waitFor();
    secret = await readSecret();
    await typeCode("000000", "Check the code");
    await page.getByText("This code does not fit").waitFor();
    await typeCode(await codeNow(), "Check the code");
    await page.getByRole("heading", { name: "Keep these recovery codes" }).waitFor();
    codes = await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allTextContents();
    expect(codes).toHaveLength(10);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("bbs-recovery-codes.txt");
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 left").waitFor();
    await page.getByText("You are asked for it at every sign-in").waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is asked for after the password, and leads to the page that was asked for", async () => {
    await leave(context);
    await page.goto("/clients?state=problem");
    await page.waitForURL(/\/sign-in\?to=/);
    await passwordOf(page, page.url());
    await page.waitForURL(/\/sign-in\/second-factor\?to=%2Fclients/);
    await page.getByText("One step is left").waitFor();
    await page.goto("/jobs");
    await page.waitForURL(/\/sign-in\/second-factor\?to=%2Fjobs/);
    await typeCode("123456", "Sign in");
    await page.getByText("This code is wrong, too old, or was used already").waitFor();
    await typeCode(await codeNow(), "Sign in");
    await page.waitForURL(/\/jobs$/);
    await page.getByText("live", { exact: true }).waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is asked for again before new recovery codes, in front of the page", async () => {
    await web.forgetConfirmations();
    await visit("/account/security");
    await page.getByRole("button", { name: "Make new ones" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Make new ones" }).click();
    const asked = page.getByRole("dialog", { name: "Is it still you?" });
    await asked.waitFor();
    expect(await asked.getByLabel("Your password").count()).toBe(0);
    await typeCode(await codeNow(), "Confirm with the code");
    await page.getByRole("heading", { name: "Keep these recovery codes" }).waitFor();
    const fresh = await page
      .getByRole("list", { name: "Recovery codes" })
      .getByRole("listitem")
      .allTextContents();
    expect(fresh.some((code) => codes.includes(code))).toBe(false);
    codes = fresh;
    await page.getByRole("button", { name: "I have kept them" }).click();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is stood in for by a recovery code, once", async () => {
    const [code = ""] = codes;
    await leave(context);
    await passwordOf(page);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(code.toUpperCase());
    await page.getByRole("button", { name: "Sign in with it" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await visit("/account/security");
    await page.getByText("9 left").waitFor();
    await leave(context);
    await passwordOf(page);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(code);
    await page.getByRole("button", { name: "Sign in with it" }).click();
    await page.getByText("This recovery code is wrong or was used already").waitFor();
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await typeCode(await codeNow(), "Sign in");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("is removed after it was shown once more, over the question that is open", async () => {
    await web.forgetConfirmations();
    await visit("/account/security");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("It is your last second factor").waitFor();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("dialog", { name: "Is it still you?" }).waitFor();
    await typeCode(await codeNow(), "Confirm with the code");
    await page.getByText("whoever learns your password gets in").waitFor();
    expect(await web.pool.db.select().from(totpFactors)).toEqual([]);
    expect(web.takeComplaints()).toEqual([]);
  });
});

describe("where a second factor is demanded", () => {
  it("nothing opens before one is set up; recovery codes come with it", async () => {
    await saveSetting(
      { db: web.pool.db, now: new Date(), actor: { kind: "nobody" } },
      {
        name: "sign-in",
        value: { requireSecondFactor: true, idleMinutes: 60, absoluteHours: 24, localSignIn: true },
      },
    );
    await page.goto("/plans");
    await page.waitForURL(/\/sign-in\/set-up\?to=%2Fplans/);
    await web.forgetConfirmations();
    await page.getByRole("button", { name: "Authenticator app" }).click();
    const asked = page.getByRole("dialog", { name: "Is it still you?" });
    await asked.getByLabel("Your password").fill("a long enough password");
    await asked.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("img", { name: "QR code with the key for your authenticator app" }).waitFor();
    secret = await readSecret();
    await typeCode(await codeNow(), "Check the code");
    await page.getByRole("heading", { name: "Keep these recovery codes" }).waitFor();
    expect(await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").count()).toBe(10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.waitForURL(/\/plans$/);
    await page.getByText("live", { exact: true }).waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });

  it("says how long to wait after too many wrong codes, also to the right one", async () => {
    await leave(context);
    await passwordOf(page);
    const alert = page.getByRole("alert").filter({ hasText: /Too many tries|This code is wrong/ });
    let said = "";
    for (let i = 0; i < 11 && !said.includes("Too many tries"); i++) {
      await typeCode(`00000${i}`.slice(-6), "Sign in");
      await page.getByRole("button", { name: "Sign in", exact: true, disabled: true }).waitFor();
      await alert.waitFor();
      said = (await alert.textContent()) ?? "";
    }
    expect(said).toMatch(/Too many tries. Try again in \d+ (seconds|minutes)\./);
    await typeCode(await codeNow(), "Sign in");
    await page.getByRole("button", { name: "Sign in", exact: true, disabled: true }).waitFor();
    await page.getByText(/Too many tries/).waitFor();
    expect(web.takeComplaints()).toEqual([]);
  });
});
