import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAIL_USER, type MailServer, startMailServer, textOf } from "../support/mail-server";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere, untilListening } from "../support/sign-in-page";
import { until } from "../support/until";

/** A forgotten password through the whole product: browser, web, worker, and a real mail server that wants STARTTLS and a password. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NEW_PASSWORD = "purple lantern over the bay";

let mail: MailServer;
let folder: string;
let stack: RealStack;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  mail = await startMailServer({ security: "starttls", auth: true });
  folder = mkdtempSync(join(tmpdir(), "bbs-roots-"));
  chmodSync(folder, 0o755);
  const roots = join(folder, "roots.pem");
  writeFileSync(roots, mail.certificate, { mode: 0o644 });
  stack = await startRealStack({ settings: { NODE_EXTRA_CA_CERTS: roots } });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await stack?.stop();
  await mail?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A device of its own: no cookie of another one. */
async function device(): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: stack.url });
  contexts.push(context);
  return context.newPage();
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.goto("/sign-in");
  await signInHere(page, { email: stack.email, password });
}

async function signedIn(page: Page): Promise<void> {
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

it("sets up mail, and a test mail tells what is wrong in the mail server's words", async () => {
  const page = await device();
  await page.goto("/sign-in");
  await untilListening(page, "Sign in");
  expect(await page.getByText("Forgotten your password?").count()).toBe(0);
  await signIn(page, stack.password);
  await signedIn(page);
  await stack.bbs.outgoingSettings.save.mutate({ allowed: ["localhost"] });
  await page.goto("/settings/mail");
  await untilListening(page, "Save");
  await page.getByRole("textbox", { name: "Server" }).fill("localhost");
  await page.getByRole("spinbutton", { name: "Port" }).fill(String(mail.port));
  await page.getByRole("textbox", { name: "Sender" }).fill("Backup <backup@example.org>");
  await page.getByRole("textbox", { name: "User" }).fill(MAIL_USER.user);
  await page.getByLabel(/^Password/).fill("not the right one");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Mail leaves by localhost").waitFor();
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await page.getByText(/535 5\.7\.8 Authentication failed/).waitFor();
  await page.getByRole("button", { name: "Replace or remove it" }).click();
  await page.getByLabel(/^Password/).fill(MAIL_USER.password);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("One is stored, encrypted.").waitFor();
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await page.getByText("The mail server has taken it").waitFor();
  expect(mail.taken).toMatchObject([{ to: [stack.email], overTls: true, user: MAIL_USER.user }]);
  expect(await page.content()).not.toContain(MAIL_USER.password);
});

it("a person who forgot the password gets a link, chooses another one, and is signed out everywhere", async () => {
  const [desk, phone, cafe] = [await device(), await device(), await device()];
  for (const page of [desk, phone]) {
    await signIn(page, stack.password);
    await signedIn(page);
  }
  mail.taken.splice(0);
  await cafe.goto("/sign-in");
  await cafe.getByRole("link", { name: "Forgotten your password?" }).click();
  await untilListening(cafe, "Send me a link");
  await cafe.getByLabel("E-mail").fill(stack.email);
  await cafe.getByRole("button", { name: "Send me a link" }).click();
  await cafe.getByRole("heading", { name: "Look into your mail" }).waitFor();
  await until("the mail is there", () => mail.taken.length === 1);
  const link = /https:\/\/\S+\/reset-password\?token=\S+/.exec(textOf(mail.taken[0]))?.[0] ?? "";
  expect(new URL(link).origin).toBe(stack.url);

  await cafe.goto(link);
  await untilListening(cafe, "Change the password");
  await cafe.getByLabel("New password").fill("password1234");
  await cafe
    .getByText(/similar to a commonly used password/)
    .first()
    .waitFor();
  await cafe.getByRole("button", { name: "Change the password" }).click();
  await cafe.getByRole("alert").filter({ hasText: "easy to guess" }).waitFor();
  await cafe.getByLabel("New password").fill(NEW_PASSWORD);
  await cafe.getByRole("button", { name: "Change the password" }).click();
  await cafe.getByRole("heading", { name: "Your password is changed" }).waitFor();

  for (const page of [desk, phone]) {
    await page.goto("/clients");
    await page.waitForURL(/\/sign-in\?to=/);
  }
  // Neither does the link sign anybody in, nor work again.
  await cafe.goto("/");
  await cafe.waitForURL(/\/sign-in/);
  await cafe.goto(link);
  await cafe.getByRole("heading", { name: "This link no longer works" }).waitFor();
  await signIn(cafe, stack.password);
  await cafe.getByText("do not belong together").waitFor();
  await signIn(cafe, NEW_PASSWORD);
  await signedIn(cafe);
  await until("the person is told", () => mail.taken.some(({ raw }) => /was changed/.test(raw)));
});

it("the answer for an address that nobody has is the same, and nothing is sent", async () => {
  mail.taken.splice(0);
  const page = await device();
  await page.goto("/forgot-password");
  await untilListening(page, "Send me a link");
  await page.getByLabel("E-mail").fill("nobody@example.org");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  expect(await page.getByText("a link is on its way").count()).toBe(1);
  expect(mail.taken).toEqual([]);
});

it("a person sees where they are signed in, ends the others, and changes the password", async () => {
  const [here, there] = [await device(), await device()];
  for (const page of [here, there]) {
    await signIn(page, NEW_PASSWORD);
    await signedIn(page);
  }
  await here.goto("/account");
  await here.getByText("This device").waitFor();
  expect(await here.getByText(/^Chrome on Linux/).count()).toBeGreaterThan(1);
  await here.getByRole("button", { name: "End all others" }).click();
  await here
    .getByText(/other sign-ins? (is|are) ended/)
    .first()
    .waitFor();
  // It notices by itself, and must not go somewhere at the same moment.
  await there.goto("about:blank").catch(() => undefined);
  await there.goto("/clients");
  await there.waitForURL(/\/sign-in\?to=/);
  await signIn(there, NEW_PASSWORD);
  await signedIn(there);
  await untilListening(here, "Change the password");
  await here.getByLabel("Current password").fill(NEW_PASSWORD);
  await here.getByLabel("New password").fill("yellow tractor in the snow");
  await here.getByRole("button", { name: "Change the password" }).click();
  await here.getByText("Your password is changed").first().waitFor();
  // It notices by itself, and must not go somewhere at the same moment.
  await there.goto("about:blank").catch(() => undefined);
  await there.goto("/clients");
  await there.waitForURL(/\/sign-in\?to=/);
  await here.goto("/account");
  await here.getByText("This device").waitFor();
});

it("bbs-admin makes a link without mail", async () => {
  const printed = execFileSync(
    process.execPath,
    [join(ROOT, "dist/bbs-admin.mjs"), "reset-password", "--email", stack.email, "--json"],
    { cwd: "/", env: stack.environment, encoding: "utf8" },
  );
  const { url } = JSON.parse(printed) as { url: string };
  const page = await device();
  await page.goto(url);
  await untilListening(page, "Change the password");
  await page.getByLabel("New password").fill("green kettle by the window");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByRole("heading", { name: "Your password is changed" }).waitFor();
});
