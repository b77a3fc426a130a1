import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toAddress } from "~/domain/archive-path";
import type { DownloadFormat } from "~/domain/download";
import { isEnded } from "~/domain/job";
import { archiveOf, backUp, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, startClientMachine } from "../support/client-machine";
import { compareTrees } from "../support/compare-trees";
import { isLocked } from "../support/open-repository";
import { type RealStack, startRealStack } from "../support/real-stack";
import { signInHere } from "../support/sign-in-page";
import { takeDownload } from "../support/take-download";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-downloads-"));
const source = join(work, "files");
const inArchive = (name: string) => Buffer.from(`${source.slice(1)}/${name}`).toString("base64");
const LARGE_BYTES = 48 * 1024 * 1024;
/** Says so in the page's own log and asks another host, if any of it runs. */
const HOSTILE = `<script>console.log("it ran")</script><img src="https://elsewhere.example/x.png" onerror="alert(1)">`;
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let stack: RealStack;
let machine: ClientMachine;
let browser: Browser;
let repositoryId: string;
let archive: { id: string; name: string };

beforeAll(async () => {
  mkdirSync(join(source, "folder/empty"), { recursive: true });
  writeFileSync(join(source, "large"), randomBytes(LARGE_BYTES));
  writeFileSync(join(source, "folder/letter.txt"), "Dear reader,\n");
  writeFileSync(join(source, "folder/NUL"), "a name of Windows\n");
  writeFileSync(Buffer.from(`${source}/folder/in\xffvalid`, "latin1"), "a name that is no text\n");
  linkSync(join(source, "folder/letter.txt"), join(source, "folder/second name.txt"));
  symlinkSync("/etc/passwd", join(source, "folder/link"));
  writeFileSync(join(source, "page.html"), `<!DOCTYPE html><h1>Hello</h1>${HOSTILE}`);
  writeFileSync(
    join(source, "drawing.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><foreignObject>${HOSTILE}</foreignObject></svg>`,
  );
  writeFileSync(join(source, "picture.txt"), Buffer.from(PIXEL, "base64"));
  stack = await startRealStack();
  machine = await startClientMachine(stack);
  repositoryId = await makeRepository(stack.bbs, machine.clientId);
  const planId = await makePlan(stack.bbs, {
    ...{ clientId: machine.clientId, repositoryId, sources: [source] },
  });
  const { id, state } = await backUp(stack.bbs, planId);
  expect(state).toBe("succeeded");
  archive = await archiveOf(stack.bbs, id);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function prepare(names: string[], format: DownloadFormat): Promise<string> {
  const paths = names.map(inArchive);
  return (await stack.bbs.downloads.prepare.mutate({ archiveId: archive.id, paths, format })).url;
}

const streams = async () => (await stack.bbs.jobs.list.query({ kinds: ["stream-files"], limit: 50 })).items;
/** How the newest download ended. */
async function fate() {
  await until(
    "no download is under way",
    async () => (await streams()).every(({ state }) => isEnded(state)),
    {
      seconds: 60,
    },
  );
  const [newest] = await streams();
  return newest;
}
const nothingLeft = async () => {
  await until("no borg reads any more", () => stack.pids("keeper-borg").length === 0, { seconds: 30 });
  expect(isLocked(stack, machine.clientId, repositoryId)).toBe(false);
};

describe("over the real web, worker, keeper and borg", () => {
  test("one file is byte for byte what was backed up, with its length", async () => {
    const { status, headers, whole, bytes, sha256 } = await takeDownload(
      stack,
      await prepare(["large"], "file"),
    ).taken;
    expect({ status, whole, bytes }).toEqual({ status: 200, whole: true, bytes: LARGE_BYTES });
    expect(headers).toMatchObject({
      "content-length": String(LARGE_BYTES),
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringContaining('filename="large"'),
      "content-security-policy": expect.stringMatching(/^sandbox; /),
      "x-content-type-options": "nosniff",
    });
    expect(sha256).toBe(
      createHash("sha256")
        .update(readFileSync(join(source, "large")))
        .digest("hex"),
    );
    expect(await fate()).toMatchObject({ state: "succeeded", kind: "stream-files" });
  });

  test("a zip is good to unzip and holds the files under safe names", async () => {
    const { body, whole } = await takeDownload(stack, await prepare(["folder"], "zip"), { keep: true }).taken;
    expect(whole).toBe(true);
    writeFileSync(join(work, "folder.zip"), body);
    execFileSync("unzip", ["-t", "-q", join(work, "folder.zip")]);
    const names = execFileSync("unzip", ["-Z1", join(work, "folder.zip")], { encoding: "utf8" });
    const below = source.slice(1);
    expect(names.trim().split("\n").sort()).toEqual(
      [
        "LEFT OUT.txt",
        ...["", "/_NUL", "/empty/", "/in_valid", "/letter.txt", "/second name.txt"].map(
          (name) => `${below}/folder${name || "/"}`,
        ),
      ].sort(),
    );
    const read = (name: string) =>
      execFileSync("unzip", ["-p", join(work, "folder.zip"), name], { encoding: "utf8" });
    expect(read(`${below}/folder/second name.txt`)).toBe("Dear reader,\n");
    expect(read("LEFT OUT.txt")).toContain("link -> /etc/passwd");
  });

  test("a tar.zst unpacks to the very tree", async () => {
    const { body, whole } = await takeDownload(stack, await prepare(["folder"], "tar.zst"), { keep: true })
      .taken;
    expect(whole).toBe(true);
    mkdirSync(join(work, "unpacked"));
    execFileSync("tar", ["--zstd", "-xpf", "-", "-C", join(work, "unpacked")], { input: body });
    const { differences, files } = compareTrees(
      join(source, "folder"),
      join(work, "unpacked", source, "folder"),
    );
    expect(files).toBe(4);
    expect(differences.filter(({ what }) => !/^(mtime|blocks) /.test(what))).toEqual([]);
  });

  test("bbs saves it under its own name, and nothing when it is refused", async () => {
    const bbs = (...words: string[]) =>
      execFileSync(process.execPath, [join(process.cwd(), "dist/bbs.mjs"), ...words], {
        ...{ cwd: work, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
        env: {
          ...{ ...stack.environment, BBS_URL: stack.url, BBS_TOKEN: stack.token },
          BBS_FINGERPRINT: stack.fingerprint,
        },
      });
    bbs("archive", "download", archive.id, "--path", join(source, "large"), "--as", "file");
    expect(readFileSync(join(work, "large")).equals(readFileSync(join(source, "large")))).toBe(true);
    expect(() => bbs("archive", "download", archive.id, "--path", "/not/there", "--as", "file")).toThrow(
      /not in the archive/,
    );
    expect(() => readFileSync(join(work, "there"))).toThrow();
  });
});

describe("in the middle", () => {
  /** A download that stands still after its first bytes, as a browser's does that is paused. */
  async function halted() {
    let isHalted = true;
    let go = () => {};
    const taking = takeDownload(stack, await prepare(["large"], "file"), {
      onPiece: (answer) => {
        if (!isHalted) return;
        answer.pause();
        go = () => answer.resume();
      },
    });
    await until("it has begun", () => taking.soFar() > 0);
    return {
      ...taking,
      resume: () => {
        isHalted = false;
        go();
      },
    };
  }

  test("closing the tab ends borg, job and all", async () => {
    const { leave, taken } = await halted();
    expect(stack.pids("keeper-borg").length).toBeGreaterThan(0);
    leave();
    expect((await taken).whole).toBe(false);
    await nothingLeft();
    expect(await fate()).toMatchObject({ state: "cancelled" });
  });

  test("cancelling the job breaks the download off", async () => {
    const { taken, resume } = await halted();
    const [job] = await streams();
    await stack.bbs.jobs.cancel.mutate({ id: job?.id ?? "" });
    await nothingLeft();
    resume();
    expect((await taken).whole).toBe(false);
    expect(await fate()).toMatchObject({ state: "cancelled" });
  });

  test.each(["worker", "keeper", "web"] as const)(
    "a killed %s breaks it off: never a shorter file, and nothing is left",
    async (program) => {
      const { taken, resume } = await halted();
      await stack.killHard(program);
      resume();
      const { whole, bytes } = await taken;
      expect(whole).toBe(false);
      expect(bytes).toBeLessThan(LARGE_BYTES);
      await nothingLeft();
      expect((await fate())?.state).toMatch(/failed|cancelled/);
      // The keeper's own start takes a moment longer than its socket.
      await until("the next one is whole", async () => {
        const again = await takeDownload(stack, await prepare(["large"], "file")).taken;
        return again.whole && again.bytes === LARGE_BYTES;
      });
    },
  );
});

describe("a preview in a real browser", () => {
  let page: Page;
  const told: string[] = [];
  beforeAll(async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: stack.url });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("dialog", (dialog) => {
      told.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      if (/it ran|Content Security Policy/.test(message.text())) told.push(`console ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(stack.url) && !request.url().startsWith("data:image/png"))
        told.push(`request ${request.url()}`);
    });
    await page.goto("/sign-in");
    await signInHere(page, stack);
    await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
    await page.goto(
      `/archives/${archive.id}?at=${toAddress(Buffer.from(source.slice(1)).toString("base64"))}`,
    );
  });

  async function open(name: string) {
    await page.getByRole("button", { name: `What to do with ${name}` }).click();
    await page.getByRole("menuitem", { name: "Preview" }).click();
    return page.getByRole("dialog", { name });
  }

  test.each(["page.html", "drawing.svg"])("shows %s as text: nothing of it runs or loads", async (name) => {
    const dialog = await open(name);
    await dialog.getByText("it ran").waitFor();
    expect(await dialog.getByText("elsewhere.example").count()).toBe(1);
    await page.waitForTimeout(500);
    expect(told).toEqual([]);
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await dialog.waitFor({ state: "hidden" });
  });

  test("shows a picture by its content, also when its name says text", async () => {
    const dialog = await open("picture.txt");
    const picture = dialog.getByRole("img", { name: "Content of picture.txt" });
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    expect(told).toEqual([]);
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  });

  test("runs nothing when its address is opened by itself, and is used up by that", async () => {
    const address = await page.evaluate(
      async (asked) => {
        const csrf = /csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
        const answer = await fetch("/api/trpc/downloads.prepare", {
          method: "POST",
          headers: { "content-type": "application/json", "x-bbs-csrf": decodeURIComponent(csrf) },
          body: JSON.stringify({ json: asked }),
        });
        return (await answer.json()).result.data.json.url as string;
      },
      { archiveId: archive.id, paths: [inArchive("page.html")], format: "preview" },
    );
    const opened = await page.context().newPage();
    opened.on("dialog", (dialog) => told.push(dialog.message()));
    opened.on("console", (message) => {
      if (message.text().includes("it ran")) told.push(message.text());
    });
    await opened.goto(address);
    expect(await opened.evaluate(() => document.querySelector("h1"))).toBeNull();
    expect(await opened.content()).toContain("&lt;h1&gt;");
    expect(told).toEqual([]);
    expect((await opened.goto(address))?.status()).toBe(403);
    await opened.close();
  });

  test("lets the browser save a file out of the menu", async () => {
    await page.getByRole("button", { name: "What to do with page.html" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Download" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("page.html");
    expect(readFileSync(await download.path(), "utf8")).toContain("<h1>Hello</h1>");
  });
});
