import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Browser, chromium } from "@playwright/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runBbs } from "~/cli/run-bbs";
import { planId } from "~/domain/id";
import { NO_OPTIONS } from "~/domain/no-options";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";
import { until } from "../support/until";

/** A drill from the live disk of one real machine onto the disk of another: real agents, real borg, and the page where a person asks for it. */
const work = mkdtempSync(join(tmpdir(), "bbs-drill-onto-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let other: ClientMachine;
let browser: Browser;
let plan = "";
let archive = "";

beforeAll(async () => {
  mkdirSync(source);
  writeFileSync(join(source, "canary.txt"), "a canary\n");
  for (let at = 0; at < 20; at++) writeFileSync(join(source, `file-${at}`), `${at}`.repeat(40_000));
  stack = await startRealStack();
  machine = await startClientMachine(stack, { name: "web-01" });
  other = await startClientMachine(stack, { name: "web-02" });
  const { clientId } = machine;
  const repositoryId = await makeRepository(stack.bbs, clientId);
  const drill = { everyDays: 30, scope: "random" as const, files: 5, canaries: [join(source, "canary.txt")] };
  plan = await makePlan(stack.bbs, {
    ...{ clientId, repositoryId, name: "Files", sources: [source] },
    options: { ...NO_OPTIONS, drill: { ...drill, onto: other.clientId } },
  });
  // What changed a moment ago could change again within the same tick of a file system's clock.
  await wait(2100);
  archive = (await archiveOf(stack.bbs, (await backUp(stack.bbs, plan)).id)).id;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  for (const one of [machine, other]) await one?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

const inRestoreFolder = () => (existsSync(other.restoreFolder) ? readdirSync(other.restoreFolder) : []);
const parcels = () => readdirSync(join(stack.dataDir, "keeper/parcels"));

async function verified(): Promise<{ code: number; out: string }> {
  const [newest] = (await stack.bbs.reports.certificates.query({ limit: 1 })).items;
  const { file } = await stack.bbs.reports.certificate.query({ id: newest?.id ?? "" });
  const path = join(work, "certificate.json");
  writeFileSync(path, file);
  const { publicKey } = await stack.bbs.reports.key.query();
  const out: string[] = [];
  const code = await runBbs(["certificate", "verify", path, "--key", publicKey], {
    out: (text) => void out.push(text),
    error: () => undefined,
  });
  return { code, out: out.join("") };
}

async function drillOfPlan() {
  const { jobIds } = await stack.bbs.reports.drillPlan.mutate({ planId: planId.parse(plan) });
  return jobEnded(stack.bbs, jobIds[0] ?? "");
}

it("proves files on the other machine's disk by its plan's policy, and leaves nothing there", async () => {
  const drill = await drillOfPlan();
  expect(drill).toMatchObject({ state: "succeeded", clientName: "web-01" });
  expect(drill.told[0]).toContain("6 files are the same from the machine's disk to the restored byte.");
  expect(drill.related.map(({ kind, clientName }) => `${kind} ${clientName}`).sort()).toEqual([
    "make-parcel web-01",
    "remove-parcel web-02",
    "restore web-02",
  ]);
  expect(inRestoreFolder()).toEqual([]);
  await until("the parcel is gone", () => parcels().length === 0);
  const { code, out } = await verified();
  expect(code).toBe(0);
  expect(out).toContain("The machine web-02 restored the archive");
  expect(out).toContain("6 of 6 files came out with the same contents that the agent on web-01 had hashed");
});

it("is asked for on the archive's page, with the machine, and ends in a certificate that names it", async () => {
  const page = await browser.newPage({ ignoreHTTPSErrors: true, baseURL: stack.url });
  page.setDefaultTimeout(30_000);
  await page.goto("/sign-in");
  await signInHere(page, stack);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
  await page.goto(`/archives/${archive}`);
  await page.getByRole("button", { name: "Drill now" }).click();
  const dialog = page.getByRole("dialog", { name: "Drill this archive" });
  await dialog.getByRole("radio", { name: "Everything" }).click();
  await dialog.getByRole("combobox", { name: "Brought back on" }).click();
  await page.getByRole("option", { name: "web-02" }).click();
  await dialog.getByText(/Its network and disk are measured/).waitFor();
  await dialog.getByRole("button", { name: "Drill", exact: true }).click();
  await page.getByText("This drill goes to another machine").waitFor();
  await page.getByText(/Everything else could be read back/).waitFor({ timeout: 90_000 });
  await page.goto("/reports");
  await page
    .getByText(/onto web-02/)
    .first()
    .waitFor();
  await page.getByRole("link", { name: "web-01 · Files" }).first().click();
  await page.getByText(/The machine web-02 restored the archive/).waitFor();
  await page.getByText("over the network and onto its disk; removed again").waitFor();
  await page.getByText("Every file of the archive was read: 21 in all.").waitFor();
  await page.goto("/");
  await page.getByRole("heading", { name: "Last drills" }).waitFor();
  await page
    .getByRole("link", { name: /Proved web-01 · Files/ })
    .first()
    .waitFor();
  expect(inRestoreFolder()).toEqual([]);
});

it("tells a file that changed on the way, by its name and the machine's", async () => {
  // As a broken disk would: what borg has written is not what is read afterwards.
  const borg = join(work, "borg");
  const spoil = `find . -name canary.txt -exec sh -c 'echo x >> "$1"' sh {} \\;`;
  const script = `#!/bin/sh\nborg "$@"\ncode=$?\ncase " $* " in *" extract "*) ${spoil} ;; esac\nexit $code\n`;
  writeFileSync(borg, script, { mode: 0o755 });
  other.changePolicy({ borg });
  const drill = await drillOfPlan();
  expect(drill).toMatchObject({ state: "warned", problem: { code: "drill-failed" } });
  expect(drill.problem?.say).toContain("canary.txt differs from what the machine hashed");
  const { code, out } = await verified();
  expect(code).toBe(1);
  expect(out).toContain("The machine web-02 restored");
  expect(inRestoreFolder()).toEqual([]);
});
