import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendDueDelivery } from "~/server/alerts/send-due-delivery";
import type { Ctx } from "~/server/context";
import { saveSetting } from "~/server/settings/save-setting";
import { freePort } from "../support/free-port";
import { type SeededConsole, startSeededConsole } from "../support/seeded-console";
import { until } from "../support/until";

let ui: SeededConsole;
let page: Page;
let receiver: Server;
let status = 200;
const got: string[] = [];
const worker = (): Ctx => ({ db: ui.pool.db, now: new Date(), actor: { kind: "worker" } });

beforeAll(async () => {
  ui = await startSeededConsole();
  page = ui.page;
  await saveSetting(worker(), { name: "outgoing", value: { allowed: ["127.0.0.1"] } });
  receiver = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => got.push(chunk.toString("utf8")));
    request.on("end", () => response.writeHead(status).end());
  });
  const port = await freePort();
  await new Promise<void>((listening) => receiver.listen(port, "127.0.0.1", listening));
});

afterAll(async () => {
  await ui?.stop();
  receiver?.close();
});

const visit = (path: string) => ui.open(path);

it("the mark above every page leads to what is new, and falls as alerts are acknowledged together", async () => {
  await visit("/");
  const mark = page.getByRole("link", { name: /alerts? needs? somebody/ });
  const before = Number.parseInt((await mark.getAttribute("title")) ?? "", 10);
  expect(before).toBeGreaterThan(1);
  await page.getByText(/backed up as promised/).waitFor();
  await mark.click();
  await page.getByRole("heading", { name: "Alerts" }).waitFor();
  const table = page.getByRole("table", { name: "Alerts" });
  await table.getByRole("checkbox", { name: /^Select all/ }).click();
  await page.getByText(`${before} selected`).waitFor();
  await page.getByRole("button", { name: `Acknowledge ${before}` }).click();
  await page.getByText(`${before} alerts acknowledged`).first().waitFor();
  await page.getByText("No alert fits these filters").waitFor();
  await until("the mark is gone", async () => (await mark.count()) === 0);
});

it("an alert says what is wrong, whom it was told, and leads to the thing", async () => {
  await visit("/alerts?kind=maintenance-failed&which=all");
  await page
    .getByRole("table", { name: "Alerts" })
    .getByRole("link", { name: /failed$/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "What is wrong" }).waitFor();
  await page.getByText(/^Admins: that it is wrong, sent/).waitFor();
  await page
    .getByText(/Acknowledged by Ada Example/)
    .first()
    .waitFor();
  await page.getByRole("link", { name: "Look at the job" }).click();
  await page.waitForURL(/\/jobs\/\w+$/);
});

it("a channel is added, tested for good and for ill, and removed", async () => {
  await visit("/settings/alerts");
  await page.getByText("Last time: ntfy.example.org does not answer").waitFor();
  await page.getByRole("button", { name: "Add a channel" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a channel" });
  await dialog.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Webhook" }).click();
  await dialog.getByLabel("Name").fill("My hook");
  await dialog.getByRole("button", { name: "Add it" }).click();
  await dialog.getByText("Give the address.").waitFor();
  const { port } = receiver.address() as AddressInfo;
  await dialog.getByLabel("Address").fill(`http://127.0.0.1:${port}/in`);
  await dialog.getByRole("button", { name: "Add it" }).click();
  await page.getByText(`Webhook to 127.0.0.1:${port}`).waitFor();
  const test = page.getByRole("button", { name: "Send a test to My hook" });
  await test.click();
  await until("it is sent", async () => (await sendDueDelivery(worker)) === "sent");
  await page.getByText("My hook took the test").first().waitFor();
  expect(JSON.parse(got.at(-1) ?? "{}")).toMatchObject({ event: "test", alert: null });
  status = 500;
  await test.click();
  await until("it is given up", async () => (await sendDueDelivery(worker)) === "given-up");
  await page.getByText(`Last time: 127.0.0.1:${port} answered 500.`).waitFor();
  await page.getByRole("button", { name: "Remove My hook" }).click();
  await page.getByRole("button", { name: "Remove the channel" }).click();
  await page.getByText("My hook is removed").first().waitFor();
});

it("a digest is previewed and chosen on one's account", async () => {
  await visit("/account");
  const section = page.getByRole("region", { name: "Digest" });
  await section.getByRole("combobox", { name: "How often" }).click();
  await page.getByRole("option", { name: "Every Monday" }).click();
  await section.getByRole("button", { name: "Preview" }).click();
  await section.getByText(/^Backups of the week: /).waitFor();
  await section.getByRole("button", { name: "Save" }).click();
  await section.getByText(/^The next one/).waitFor();
});

it("a plan shows how it stands, by repository, and so does its list", async () => {
  await visit("/plans");
  const plans = page.getByRole("table", { name: "Plans" });
  await plans
    .getByText(/^(Breached|OK|Proven|Unproven)$/)
    .first()
    .waitFor();
  await visit("/clients");
  await page
    .getByRole("table", { name: "Clients" })
    .getByText(/^(Breached|OK)$/)
    .first()
    .waitFor();
  await visit("/plans");
  await plans.getByRole("link").first().click();
  await page.getByRole("table", { name: "Promise by repository" }).waitFor();
  // The browser itself tells of what is refused.
  expect(ui.complaints.filter((one) => !/status of 4\d\d/.test(one))).toEqual([]);
});
