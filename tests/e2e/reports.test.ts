import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBbs } from "~/cli/run-bbs";
import { NO_OPTIONS } from "~/domain/no-options";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";

/** A restore drill from the live disk of a real machine to the certificate in somebody's hands, and one that finds damage. */
const work = mkdtempSync(join(tmpdir(), "bbs-reports-"));
const source = join(work, "files");
const canary = join(source, "canary.txt");
let stack: RealStack;
let machine: ClientMachine;
let repositoryId = "";
let planId = "";
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(source);
  writeFileSync(canary, "a canary\n");
  for (let at = 0; at < 20; at++) writeFileSync(join(source, `file-${at}`), `${at}`.repeat(40_000));
  stack = await startRealStack();
  machine = await startClientMachine(stack, { name: "web-01" });
  const { clientId } = machine;
  repositoryId = await makeRepository(stack.bbs, clientId);
  const drill = { everyDays: 30, scope: "random" as const, files: 5, canaries: [canary] };
  planId = await makePlan(stack.bbs, {
    ...{ clientId, repositoryId, name: "Files", sources: [source], compression: "none" },
    options: { ...NO_OPTIONS, drill },
  });
  // What changed a moment ago could change again within the same tick of a file system's clock.
  await wait(2100);
  const job = await backUp(stack.bbs, planId);
  expect(job.state).toBe("succeeded");
  await archiveOf(stack.bbs, job.id);
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--ignore-certificate-errors"],
  });
  page = await (await browser.newContext({ ignoreHTTPSErrors: true, baseURL: stack.url })).newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => (message.type() === "error" ? complaints.push(message.text()) : undefined));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto("/sign-in");
  await signInHere(page, stack);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function bbs(...given: string[]): Promise<{ code: number; out: string; complaint: string }> {
  const out: string[] = [];
  const complaints: string[] = [];
  const code = await runBbs(given, {
    out: (text) => void out.push(text),
    error: (text) => void complaints.push(text),
  });
  return { code, out: out.join(""), complaint: complaints.join("") };
}

describe("a restore drill", () => {
  it("goes from Drill now to a certificate that is verified without a server, to the last byte", async () => {
    await page.goto(`/plans/${planId}`);
    await page.getByText("every month 1 canary and 5 files drawn by seed").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Drill now" }).click();
    await page.getByText(/6 files are the same from the machine's disk to the restored byte/).waitFor();
    await page.getByRole("link", { name: "Reports" }).first().click();
    await page.getByRole("link", { name: "web-01 · Files" }).click();
    await page.getByRole("heading", { name: "Restore drill of web-01" }).waitFor();
    await page.getByText(/6 of 6 files came out with the same contents/).waitFor();
    await page.getByText(canary.slice(1)).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the certificate" }).click(),
    ]);
    const file = join(work, "certificate.json");
    await download.saveAs(file);
    const { publicKey } = await stack.bbs.reports.key.query();
    const verified = await bbs("certificate", "verify", file, "--key", publicKey);
    expect(verified).toMatchObject({ code: 0, complaint: "" });
    expect(verified.out).toContain("Verified: signed with the given key");
    expect(verified.out).toContain(`The server ${stack.url} read the archive`);
    writeFileSync(file, readFileSync(file, "utf8").replace('"outcome": "proved"', '"outcome": "failed"'));
    expect(await bbs("certificate", "verify", file)).toMatchObject({ code: 1, out: "" });
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
    expect(await page.getByRole("link", { name: "Overview" }).first().isVisible()).toBe(false);
    expect(await page.getByText(publicKey).first().isVisible()).toBe(true);
    await page.emulateMedia({ media: null });
    await page.goto(`/plans/${planId}`);
    await page.getByText("a restore has proven it").filter({ visible: true }).first().waitFor();
  });

  it("fails by the name of the file when stored data is damaged", async () => {
    flipSomething();
    const { jobIds } = await stack.bbs.reports.drillPlan.mutate({ planId });
    // Whatever files the seed draws, everything meets the damage.
    const archive = (await stack.bbs.archives.list.query({ planId, limit: 1 })).items[0];
    const all = await stack.bbs.reports.drill.mutate({ archiveId: archive?.id ?? "", scope: "everything" });
    await jobEnded(stack.bbs, jobIds[0] ?? "");
    const job = await jobEnded(stack.bbs, all.jobId);
    expect(job).toMatchObject({ state: "warned", problem: { code: "drill-failed" } });
    expect(job.problem?.say).toMatch(/file-\d+|canary/);
    await page.goto("/reports?outcome=failed");
    await page
      .getByText(/cannot be read out of the archive/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

/** A byte in the middle of the largest data file, as a failing disk would change it. */
function flipSomething(): void {
  const folder = join(stack.dataDir, "home", machine.clientId, "repos", repositoryId, "data", "0");
  const [largest] = readdirSync(folder)
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .sort((a, b) => b.bytes.length - a.bytes.length);
  if (!largest) throw new Error("there is no segment");
  const middle = Math.floor(largest.bytes.length / 2);
  largest.bytes[middle] = (largest.bytes[middle] ?? 0) ^ 1;
  writeFileSync(join(folder, largest.name), largest.bytes);
}
