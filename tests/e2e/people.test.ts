import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBbs } from "~/cli/run-bbs";
import { userId } from "~/domain/id";
import { createToken } from "~/server/access/create-token";
import { openPool, type Pool } from "~/server/db";
import { signIns, users } from "~/server/db/schema/access";
import { personActor } from "../support/person";
import { createTestDatabase, startTestPostgres, type TestPostgres } from "../support/postgres";
import { SCREEN_ADMIN, seedFleet } from "../support/screens-seed";
import { startScreenWeb } from "../support/screens-web";
import { signInHere, untilListening } from "../support/sign-in-page";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ZOE = { email: "zoe@example.org", name: "Zoe Zander", password: "seven purple lampshades" };

let postgres: TestPostgres;
let pool: Pool;
let web: Awaited<ReturnType<typeof startScreenWeb>>;
let browser: Browser;
let admin: Page;
let guest: Page;
const complaints: string[] = [];

beforeAll(async () => {
  execFileSync(process.execPath, [join(ROOT, "src/supervisor/build.mjs")]);
  postgres = await startTestPostgres();
  const url = await createTestDatabase(postgres.adminUrl, "people_test");
  pool = openPool(url, { most: 4, applicationName: "people-test" });
  await seedFleet(pool);
  web = await startScreenWeb(ROOT, url);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  admin = await anotherBrowser();
  guest = await anotherBrowser();
  await admin.goto("/sign-in");
  await signInHere(admin, SCREEN_ADMIN);
  await admin.getByRole("heading", { name: "Overview" }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await pool?.end();
  await postgres?.stop();
});

/** A page that shares nothing with the others. */
async function anotherBrowser(): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: web.url });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|hydrat/i.test(message.text())) complaints.push(message.text());
  });
  return page;
}

/** Opens a page and waits until it listens: what is pressed before that is lost. */
async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByText("live", { exact: true }).waitFor();
}

describe("the people page", () => {
  let link = "";

  it("makes an invitation for one client, after the admin showed the password again, and shows its link once", async () => {
    // As if the admin had signed in an hour ago.
    await pool.db.update(signIns).set({ confirmedAt: sql`now() - interval '1 hour'` });
    await visit(admin, "/people");
    await admin.getByRole("button", { name: "Invite somebody" }).click();
    const dialog = admin.getByRole("dialog", { name: "Invite somebody" });
    await dialog.getByLabel("Name").fill(ZOE.name);
    await dialog.getByLabel("E-mail").fill(ZOE.email);
    await dialog.getByRole("combobox", { name: "With which clients" }).click();
    await admin.getByRole("option", { name: "One client" }).click();
    expect(await dialog.getByRole("button", { name: "Make the link" }).isDisabled()).toBe(true);
    await dialog.getByRole("combobox", { name: "Client", exact: true }).click();
    await admin.getByRole("option", { name: "web-01" }).click();
    await dialog.getByRole("combobox", { name: "Preset" }).click();
    await admin.getByRole("option", { name: "Operator" }).click();
    await dialog.getByText("May look at, back up and restore web-01.").waitFor();
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const again = admin.getByRole("dialog", { name: "Is it still you?" });
    await again.getByLabel("Your password").fill(SCREEN_ADMIN.password);
    await again.getByRole("button", { name: "Confirm" }).click();
    const made = admin.getByRole("dialog", { name: `Invitation for ${ZOE.email}` });
    link = (await made.getByText(/\/join\?token=/).textContent()) ?? "";
    expect(link).toMatch(new RegExp(`^${web.url}/join\\?token=[\\w-]{43}$`));
    await made.getByRole("button", { name: "Done" }).click();
    await admin.getByRole("region", { name: "Invitations" }).getByText(ZOE.email).waitFor();
    await admin.reload();
    await admin.getByText(ZOE.email).waitFor();
    expect(await admin.getByText(/\/join\?token=/).count()).toBe(0);
  });

  it("lets the invited person in, who sees their client and no other", async () => {
    await guest.goto(link.replace(web.url, ""));
    await untilListening(guest, "Make the account and sign in");
    expect(await guest.getByLabel("Name").inputValue()).toBe(ZOE.name);
    await guest.getByLabel("Password").fill(ZOE.password);
    await guest.getByRole("button", { name: "Make the account and sign in" }).click();
    await guest.getByRole("heading", { name: "Overview" }).waitFor();
    await visit(guest, "/clients");
    await guest.getByRole("link", { name: "web-01" }).waitFor();
    expect(await guest.getByRole("table").getByRole("link").count()).toBeLessThan(5);
    expect(await guest.getByText("db-01").count()).toBe(0);
    expect(await guest.getByRole("link", { name: "People" }).count()).toBe(0);
    await guest.goto("/people");
    await guest.getByText("Your account may not do this").waitFor();
    await guest.goto(link.replace(web.url, ""));
    await guest.getByText("This invitation does not work", { exact: true }).waitFor();
  });

  it("changes what somebody may do while they look, and shuts them out with their next click", async () => {
    await visit(admin, "/people");
    await admin.getByRole("link", { name: ZOE.name }).click();
    await admin.getByRole("heading", { name: ZOE.name, level: 1 }).waitFor();
    await admin.getByText("Chrome on Linux").waitFor();
    await admin.getByRole("combobox", { name: "With which clients" }).click();
    await admin.getByRole("option", { name: "Clients with a tag" }).click();
    await admin.getByLabel("Tag", { exact: true }).fill("Berlin");
    await admin.getByRole("button", { name: "Save permissions" }).click();
    await admin.getByText(`${ZOE.name} may do this from now on`).waitFor();
    await visit(guest, "/clients");
    await guest.getByRole("link", { name: "db-01" }).waitFor();

    await admin.getByRole("button", { name: "Disable" }).click();
    await admin.getByRole("button", { name: "Disable the account" }).click();
    await admin.getByText("Nowhere at the moment.").waitFor();
    await guest.getByRole("link", { name: "db-01" }).click();
    await guest.waitForURL(/\/sign-in/);
    await signInHere(guest, ZOE);
    await guest.getByText("do not belong together").waitFor();
  });

  it("deletes somebody by the typed address, and the browser complains about nothing in all of it", async () => {
    await admin.getByRole("button", { name: "Delete" }).click();
    const remove = admin.getByRole("button", { name: "Delete the account" });
    expect(await remove.isDisabled()).toBe(true);
    await admin.getByRole("dialog").getByRole("textbox").fill(ZOE.email);
    await remove.click();
    await admin.waitForURL(/\/people$/);
    await admin.getByRole("link", { name: "Bob Carpenter" }).waitFor();
    expect(await admin.getByRole("link", { name: ZOE.name }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("gives a client a tag that the list is filtered by", async () => {
    await visit(admin, "/clients?search=laptop");
    await admin.getByRole("link", { name: "laptop-ada", exact: true }).click();
    const tags = admin.getByRole("region", { name: "Tags" });
    await tags.getByRole("button", { name: "Change" }).click();
    await admin.getByLabel("Another tag").fill("On The Road");
    await admin.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await tags.getByRole("link", { name: "on-the-road" }).click();
    await admin.waitForURL(/tag=on-the-road/);
    await admin.getByText("1 client", { exact: true }).waitFor();
  });

  it("is there for scripts: bbs people invites, grants, lists and disables", async () => {
    const bob = async () => {
      const { items } = JSON.parse(`{"items":${await bbs("people", "list")}}`) as {
        items: { email: string; state: string; grants: unknown[] }[];
      };
      return items.find(({ email }) => email === "bob.carpenter@example.org");
    };
    const made = JSON.parse(
      await bbs("people", "invite", "sam@example.org", "tag:Web=operator", "db-01=view", "--name", "Sam"),
    ) as { url: string };
    expect(made.url).toContain(`${web.url}/join?token=`);
    await bbs("people", "grant", "Bob.Carpenter@example.org", "all=viewer", "db-01=backup,restore");
    expect(await bob()).toMatchObject({
      ...{ state: "active" },
      grants: [
        { clientId: null, tag: null, permissions: ["view"] },
        { clientName: "db-01", tag: null, permissions: ["view", "backup", "restore"] },
      ],
    });
    await expect(bbs("people", "grant", "bob.carpenter@example.org", "all=everything")).rejects.toThrow(
      "everything is no permission",
    );
    await bbs("people", "disable", "bob.carpenter@example.org");
    expect(await bob()).toMatchObject({ state: "disabled" });
  });
});

/** What `bbs` answers in JSON, asked as the admin with a token; throws what it complains. */
async function bbs(...words: string[]): Promise<string> {
  const [admin] = await pool.db.select().from(users).where(eq(users.email, SCREEN_ADMIN.email));
  const owner = userId.parse(admin?.id);
  const actor = personActor({ userId: owner, role: "admin" });
  const { token } = await createToken(
    { db: pool.db, now: new Date(), actor },
    { userId: owner, name: "people test", scopes: ["view", "administer"], expiresInDays: 1 },
  );
  const [out, complaints]: [string[], string[]] = [[], []];
  const code = await runBbs(
    ["--url", web.url, "--token", token, "--fingerprint", await fingerprintOf(web.url), "--json", ...words],
    { out: (text) => out.push(text), error: (text) => complaints.push(text) },
  );
  if (code !== 0) throw new Error(complaints.join(""));
  return out.join("");
}

/** The certificate that this server shows. */
function fingerprintOf(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      const seen = socket.getPeerX509Certificate()?.fingerprint256 ?? "";
      socket.destroy();
      resolve(seen.replaceAll(":", "").toLowerCase());
    });
    socket.once("error", reject);
  });
}
