import { generateKeyPairSync } from "node:crypto";
import type { Page } from "@playwright/test";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pool } from "~/server/db";
import { newId } from "~/server/db/new-id";
import { clients } from "~/server/db/schema/clients";
import { plans } from "~/server/db/schema/plans";
import { repositories } from "~/server/db/schema/repositories";
import { openSealedBox, sealingKeyForConsole } from "~agent/sealing-key";
import type { SeededFleet } from "~tests/support/screens-seed";
import { type SeededConsole, startSeededConsole } from "~tests/support/seeded-console";
import { until } from "../support/until";

/** The options of plans, templates and profiles in a real browser, on the built console and a real PostgreSQL. */
/** The key of the agent on web-01: what the browser seals to it, only it opens. */
const agentKey = generateKeyPairSync("x25519").privateKey;
let ui: SeededConsole;
let pool: Pool;
let page: Page;
let fleet: SeededFleet;

beforeAll(async () => {
  ui = await startSeededConsole({ prepare: equipWeb01 });
  ({ pool, page, fleet } = ui);
});

afterAll(async () => {
  await ui?.stop();
  // The browser itself tells of what is refused.
  expect(ui.complaints.filter((one) => !/status of 4\d\d/.test(one))).toEqual([]);
});

const open = (path: string) => ui.open(path);

/** An agent that seals and lists scripts, and a second repository. */
async function equipWeb01(pool: Pool, fleet: SeededFleet): Promise<void> {
  const id = fleet.clientIds["web-01"] ?? "";
  const [row] = await pool.db.select().from(clients).where(eq(clients.id, id));
  const [main] = await pool.db.select().from(repositories).where(eq(repositories.clientId, id));
  if (!row?.machine || !row.policy || !main) throw new Error("web-01 is not as the fleet is seeded");
  await pool.db
    .update(clients)
    .set({
      machine: { ...row.machine, sealingKey: sealingKeyForConsole(agentKey) },
      policy: { ...row.policy, hooks: ["quiesce", "thaw"], typedDatabaseHosts: ["localhost"] },
    })
    .where(eq(clients.id, id));
  await pool.db.insert(repositories).values({ ...main, id: newId(), name: "second", borgId: null });
}

async function choose(label: string, option: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole("option", { name: option }).click();
}

const planNamed = async (name: string) => {
  const [row] = await pool.db
    .select()
    .from(plans)
    .where(and(eq(plans.name, name), eq(plans.clientId, fleet.clientIds["web-01"] ?? "")));
  if (!row) throw new Error(`no plan ${name}`);
  return row;
};

describe("a plan", () => {
  it("begins with a template and is saved with databases, scripts, limits and two repositories", async () => {
    await open(`/plans/new?client=${fleet.clientIds["web-01"]}`);
    await page.getByRole("button", { name: /^Web server/ }).click();
    await until(
      "the template has filled in the directories",
      async () => (await page.getByLabel("Directories, line 5").inputValue()) === "/var/www",
    );
    await choose("Repository", "main");
    await page.getByRole("checkbox", { name: "second" }).click();
    await page.getByText("Databases", { exact: true }).click();
    await page.getByRole("button", { name: "Add a database server" }).click();
    await page.getByRole("radio", { name: /A password typed here/ }).click();
    await page.getByLabel("Account (optional)").fill("backup");
    await page.getByRole("textbox", { name: "Password" }).fill("correct horse");
    await page.getByText("Before and after", { exact: true }).click();
    await page.getByRole("button", { name: "Add a script" }).first().click();
    await page.getByText("Upload limit", { exact: true }).click();
    await page.getByLabel(/^Usual limit/).fill("5120");
    await page.getByText("Promises", { exact: true }).click();
    await page.getByLabel(/^A new archive at least every/).fill("12");
    await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("Shop");
    await page
      .getByText(/Shop reads .* on web-01 and writes to main and second .*uploads at most 5.00 MiB\/s/)
      .waitFor();
    await page.getByRole("button", { name: "Save the plan" }).click();
    await page.getByRole("heading", { name: "Shop" }).waitFor();
    await page.getByText("PostgreSQL postgresql (all databases)").waitFor();
    await page.getByText("password sealed to the machine").waitFor();
    await page.getByRole("table", { name: "Repositories of this plan" }).getByText("second").waitFor();
  });

  it("holds the password so that only the machine opens it, with where it may be sent", async () => {
    const { options } = await planNamed("Shop");
    const credentials = options.databases[0]?.credentials;
    if (credentials?.kind !== "sealed") throw new Error("nothing was sealed");
    expect(JSON.parse(openSealedBox(agentKey, credentials.box) ?? "null")).toEqual({
      ...{ host: "", port: null, user: "backup", password: "correct horse" },
    });
    expect(options.hooksBefore).toEqual([{ name: "quiesce", timeoutSeconds: 300, onFailure: "abort" }]);
    expect(await page.content()).not.toContain(credentials.box);
  });

  it("keeps its password when other things are changed, and is not overwritten by who opened it before", async () => {
    const before = await planNamed("Shop");
    await open(`/plans/${before.id}/edit`);
    const late = await page.context().newPage();
    await late.goto(`${ui.url}/plans/${before.id}/edit`);
    await late.getByText("live", { exact: true }).waitFor();
    await page.getByRole("checkbox", { name: "second" }).click();
    await page.getByRole("button", { name: "Save the changes" }).click();
    await page.getByRole("heading", { name: "Shop" }).waitFor();
    const after = await planNamed("Shop");
    expect(after.options).toEqual(before.options);
    await late.getByRole("checkbox", { name: "Leave out directories marked as caches" }).click();
    await late.getByRole("button", { name: "Save the changes" }).click();
    await late.getByText(/Somebody has changed this plan since you opened it/).waitFor();
    await late.close();
  });

  it("is duplicated to another machine without what is sealed to the first", async () => {
    await open(`/plans/${(await planNamed("Shop")).id}`);
    await page.getByRole("button", { name: "Duplicate" }).click();
    const dialog = page.getByRole("dialog", { name: "Duplicate Shop" });
    await dialog.getByLabel("Client", { exact: true }).click();
    await page.getByRole("option", { name: "db-01" }).click();
    await dialog.getByText("postgresql is left out").waitFor();
    await dialog.getByLabel("Repository", { exact: true }).getByText("main").waitFor();
    await dialog.getByRole("button", { name: "Make the copy" }).click();
    await page.getByText("Without postgresql: add it with its password there.").waitFor();
    await page.getByRole("link", { name: "db-01" }).first().waitFor();
  });
});

describe("templates and profiles", () => {
  it("puts a changed template in the place of the built-in one", async () => {
    await open("/plans/profiles");
    await page.getByRole("link", { name: "Change the template Laptop" }).click();
    await page.getByRole("heading", { name: "Make a template" }).waitFor();
    await page.getByRole("textbox", { name: "Name", exact: true }).waitFor();
    await page.getByRole("button", { name: "Save the template" }).click();
    await page.getByRole("heading", { name: "Templates and profiles" }).waitFor();
    await page.getByRole("button", { name: "Remove the template Laptop" }).waitFor();
  });

  it("shows what a profile would change before it changes anything, then changes what is ticked", async () => {
    await open("/plans/profiles/new?kind=profile");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Slow lines");
    await page.getByRole("checkbox", { name: "Upload limit" }).click();
    await page.getByLabel(/^Usual limit/).fill("256");
    await page.getByRole("button", { name: "Save the profile" }).click();
    await page.getByRole("heading", { name: "Slow lines" }).waitFor();
    await page.getByRole("searchbox", { name: "Plan, client or tag" }).fill("Shop");
    const row = page.getByRole("row", { name: /Shop web-01/ });
    await row.getByText("at most 5.00 MiB/s").last().waitFor();
    await row.getByText("at most 256 KiB/s").last().waitFor();
    expect((await planNamed("Shop")).options.uploadKibPerSecond).toBe(5120);
    await row.getByRole("checkbox").click();
    await page.getByRole("button", { name: "Apply to 1 plan" }).click();
    await page.getByRole("button", { name: "Apply", exact: true }).click();
    await page.getByText("1 plan changed").waitFor();
    await row.getByText("nothing, it is so already").last().waitFor();
    const rows = await pool.db.select().from(plans).where(eq(plans.name, "Shop"));
    expect(rows.map(({ options }) => options.uploadKibPerSecond).sort()).toEqual([256, 5120]);
  });
});
