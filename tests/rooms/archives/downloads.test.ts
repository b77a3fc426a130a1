import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { HEAD } from "~/app/api/downloads/[ticket]/route";
import { archiveId } from "~/domain/id";
import { enqueueJob } from "~/server/jobs/enqueue-job";
import { insertPerson, insertToken, signedInAs } from "~tests/support/acting-people";
import {
  type DownloadWorld,
  downloadWorld,
  path,
  prepareAs,
  takeAs,
  tarOfFolder,
} from "~tests/support/download-world";
import { journalOf } from "~tests/support/journal";
import { until } from "~tests/support/until";

const END = { unmatched: 0, warnings: [], tarBytes: 0 };

/** Files as an archive may have them. */
function someFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "bbs-tree-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "etc/empty"), { recursive: true });
  writeFileSync(join(folder, "etc/hosts"), "127.0.0.1 localhost\n");
  writeFileSync(join(folder, "etc/large"), Buffer.alloc(700_000, "large "));
  writeFileSync(join(folder, "etc/NUL"), "reserved\n");
  writeFileSync(join(folder, "etc/hosts."), "ends with a point\n");
  writeFileSync(Buffer.from(`${folder}/etc/in\xffvalid`, "latin1"), "no text\n");
  symlinkSync("/etc/passwd", join(folder, "etc/link"));
  linkSync(join(folder, "etc/hosts"), join(folder, "etc/hosts second"));
  return folder;
}

const inPieces = (tar: Buffer) =>
  Array.from({ length: Math.ceil(tar.length / 60_000) }, (_, n) =>
    tar.subarray(n * 60_000, (n + 1) * 60_000),
  );

function keeperHas(world: DownloadWorld, tar: Buffer) {
  world.keeper.script["stream-tar"] = () => ({ output: END, pieces: inPieces(tar) });
}

const jobsOf = (world: DownloadWorld) =>
  world.database.pool.sql<{ id: string; state: string; problem: { code: string; say: string } | null }[]>`
    select id, state, problem from jobs where kind = 'stream-files' order by created_at`;

async function fate(world: DownloadWorld) {
  await until("the download's job ends", async () =>
    (await jobsOf(world)).every(({ state }) => !["queued", "running"].includes(state)),
  );
  return (await jobsOf(world)).at(-1);
}

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe("a download", () => {
  it("of one file is its bytes, with its length, a safe name, and a type that runs nothing", async () => {
    const world = await downloadWorld();
    const folder = someFiles();
    keeperHas(world, tarOfFolder(folder, ["etc/large"]));
    const { url, fileName } = await world.prepare([path("/etc/large")], "file");
    expect(fileName).toBe("large");
    const answer = await world.take(url);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "x-bbs-length": "700000",
      "content-disposition": "attachment; filename=\"large\"; filename*=UTF-8''large",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'/),
      "cache-control": "no-store, no-transform",
    });
    expect((await bytesOf(answer)).equals(readFileSync(join(folder, "etc/large")))).toBe(true);
    expect(await fate(world)).toMatchObject({ state: "succeeded" });
    const [asked] = world.keeper.calls.filter(({ verb }) => verb === "stream-tar");
    expect(asked?.input).toMatchObject({ archiveName: world.archive.name, paths: [path("etc/large")] });
  });

  it("as zip opens with unzip: safe names, links as files, and a list of what is left out", async () => {
    const world = await downloadWorld();
    const folder = someFiles();
    const second = tarOfFolder(folder, ["etc/hosts second"]);
    const all = tarOfFolder(folder, ["etc"], ["--sort=name"]);
    world.keeper.script["stream-tar"] = ({ paths }) => {
      const isRest = Array.isArray(paths) && paths.length === 1 && paths[0] === path("etc/hosts second");
      return { output: END, pieces: inPieces(isRest ? second : all) };
    };
    const { url } = await world.prepare([path("etc")], "zip");
    const answer = await world.take(url);
    expect(answer.headers.get("content-type")).toBe("application/zip");
    expect(answer.headers.get("x-bbs-length")).toBeNull();
    const zip = join(folder, "out.zip");
    writeFileSync(zip, await bytesOf(answer));
    const names = execFileSync("unzip", ["-Z1", zip], { encoding: "utf8" }).trim().split("\n");
    expect(names.sort()).toEqual(
      ["LEFT OUT.txt", "etc/", "etc/_NUL", "etc/empty/", "etc/hosts", "etc/hosts second"]
        .concat(["etc/hosts_", "etc/in_valid", "etc/large"])
        .sort(),
    );
    execFileSync("unzip", ["-q", zip, "-d", join(folder, "out")]);
    const read = (name: string) => readFileSync(join(folder, "out", name), "utf8");
    expect(read("etc/hosts second")).toBe("127.0.0.1 localhost\n");
    expect(read("etc/in_valid")).toBe("no text\n");
    expect(read("etc/large")).toBe(readFileSync(join(folder, "etc/large"), "utf8"));
    expect(read("LEFT OUT.txt")).toContain("etc/link -> /etc/passwd (a symbolic link)");
    expect(await fate(world)).toMatchObject({ state: "succeeded" });
  });

  it("as tar.zst is the tar itself, unpacked by tar and zstd", async () => {
    const world = await downloadWorld();
    const tar = tarOfFolder(someFiles(), ["etc"]);
    keeperHas(world, tar);
    const { url, fileName } = await world.prepare([], "tar.zst");
    expect(fileName).toBe(`${world.archive.name}.tar.zst`);
    const answer = await world.take(url);
    const unpacked = execFileSync("zstd", ["-d", "-c"], { input: await bytesOf(answer), maxBuffer: 1e8 });
    expect(unpacked.equals(tar)).toBe(true);
  });

  it("is journaled twice, with the first paths and how many there were", async () => {
    const world = await downloadWorld();
    keeperHas(world, tarOfFolder(someFiles(), ["etc/hosts"]));
    const { url } = await world.prepare([path("etc/hosts")], "file");
    await bytesOf(await world.take(url));
    const entries = (await journalOf(world.database)).filter(({ action }) => action.startsWith("download."));
    expect(entries).toMatchObject([
      { action: "download.asked", say: expect.stringContaining("/etc/hosts"), clientId: world.client.id },
      {
        action: "download.started",
        detail: { archiveId: world.archive.id, format: "file", count: 1, paths: ["etc/hosts"] },
      },
    ]);
  });
});

it("begins at once while every other place of the worker is taken, and takes none of them", async () => {
  const world = await downloadWorld();
  world.keeper.script["list-folder"] = () => "nothing";
  const { id: archive, name: archiveName } = world.archive;
  const ids = { clientId: world.client.id, repositoryId: world.repositoryId };
  const payload = { archiveId: archiveId.parse(archive), archiveName, path: "" };
  for (let n = 0; n < 6; n++) await enqueueJob(world.admin(), { kind: "list-folder", ...ids, payload });
  const folders = () => world.keeper.calls.filter(({ verb }) => verb === "list-folder").length;
  await until("five folders are being read", () => folders() === 5);
  keeperHas(world, tarOfFolder(someFiles(), ["etc/hosts"]));
  const answer = await world.take((await world.prepare([path("etc/hosts")], "file")).url);
  expect((await bytesOf(answer)).toString()).toBe("127.0.0.1 localhost\n");
  expect(folders()).toBe(5);
});

describe("a ticket", () => {
  it("is used once", async () => {
    const world = await downloadWorld();
    keeperHas(world, tarOfFolder(someFiles(), ["etc/hosts"]));
    const { url } = await world.prepare([path("etc/hosts")], "file");
    const both = await Promise.all([world.take(url), world.take(url)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect((await world.take(url)).status).toBe(403);
    expect(await jobsOf(world)).toHaveLength(1);
  });

  it("is worth nothing to another person, to nobody, to a token without the permission, and when it is old", async () => {
    const world = await downloadWorld();
    const { url } = await world.prepare([path("etc/hosts")], "file");
    const other = await insertPerson(world.database, { role: "admin" });
    const { token: others } = await insertToken(world.database, {
      userId: other,
      scopes: ["restore", "view"],
    });
    const mine = { userId: world.database.admin.userId };
    const { token: viewer } = await insertToken(world.database, { ...mine, scopes: ["view"] });
    expect((await takeAs(url, { token: others })).status).toBe(403);
    expect((await takeAs(url, { token: viewer })).status).toBe(403);
    expect((await takeAs(url, { token: "bbs_nobody" })).status).toBe(401);
    expect((await takeAs("/api/downloads/bbsd_guess", { token: world.token })).status).toBe(403);
    expect(HEAD().status).toBe(405);
    await world.database.pool.sql`update downloads set expires_at = now() - interval '1 second'`;
    expect((await world.take(url)).status).toBe(403);
    expect(await jobsOf(world)).toEqual([]);
  });

  it("is given only to who may restore, and used only while they still may", async () => {
    const world = await downloadWorld();
    const grant = { clientId: world.client.id, tag: null, permissions: ["view", "restore"] as const };
    const actor = await signedInAs(world.database, { grants: [grant] });
    if (actor.kind !== "user") throw new Error("nobody is signed in");
    const input = { archiveId: world.archive.id, paths: [path("etc/hosts")], format: "file" as const };
    const { url } = await prepareAs(world, actor, input);
    const { token } = await insertToken(world.database, {
      userId: actor.userId,
      scopes: ["view", "restore"],
    });
    await world.database.pool.sql`update grants set permissions = '{view}' where user_id = ${actor.userId}`;
    expect((await takeAs(url, { token })).status).toBe(403);
    const viewer = await signedInAs(world.database, { grants: [{ ...grant, permissions: ["view"] }] });
    if (viewer.kind !== "user") throw new Error("nobody is signed in");
    await expect(prepareAs(world, viewer, input)).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("refuses paths that are none, several for one file, and too many", async () => {
    const world = await downloadWorld();
    const refused = (paths: string[], format: "file" | "zip") =>
      expect(world.prepare(paths, format)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await refused([path("/")], "file");
    await refused([path("a\0b")], "zip");
    await refused([], "file");
    await refused([path("a"), path("b")], "file");
    await refused(
      Array.from({ length: 900 }, (_, n) => path(`${"x".repeat(300)}${n}`)),
      "zip",
    );
  });
});

describe("a download that cannot be whole", () => {
  it("says why before the first byte", async () => {
    const world = await downloadWorld();
    world.keeper.script["stream-tar"] = () => ({ refuse: "passphrase-wrong", say: "In the keeper's words." });
    const { url } = await world.prepare([path("etc/hosts")], "file");
    const answer = await world.take(url);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: { code: "storage-unavailable", say: "In the keeper's words." },
    });
    expect(await fate(world)).toMatchObject({ state: "failed", problem: { code: "passphrase-wrong" } });
  });

  it("breaks off when borg or the keeper does, and never looks like a shorter file", async () => {
    const world = await downloadWorld();
    const tar = tarOfFolder(someFiles(), ["etc"]);
    const cut = { output: END, pieces: inPieces(tar.subarray(0, 400_000)) };
    for (const [says, format] of [
      [cut, "zip"],
      [{ refuse: "fault" as const, pieces: cut.pieces }, "zip"],
      [{ output: { ...END, unmatched: 1 }, pieces: inPieces(tar) }, "tar.zst"],
    ] as const) {
      world.keeper.script["stream-tar"] = () => says;
      const { url } = await world.prepare([path("etc")], format);
      const answer = await world.take(url);
      if (answer.status === 200) await expect(answer.arrayBuffer()).rejects.toThrow();
      else expect([404, 503]).toContain(answer.status);
      expect(await fate(world)).toMatchObject({ state: "failed" });
    }
  });

  it("ends what was begun when the browser goes away, also before anything came", async () => {
    const world = await downloadWorld();
    world.keeper.script["stream-tar"] = () => "nothing";
    const { url } = await world.prepare([path("etc")], "zip");
    const gone = new AbortController();
    const taking = world.take(url, { signal: gone.signal });
    await until("the keeper is asked", async () =>
      world.keeper.calls.some(({ verb }) => verb === "stream-tar"),
    );
    gone.abort();
    expect((await taking).status).toBe(503);
    await until("the keeper's caller hangs up", async () => world.keeper.hungUp > 0);
    expect(await fate(world)).toMatchObject({ state: "cancelled" });

    keeperHas(
      world,
      tarOfFolder(
        someFiles(),
        Array.from({ length: 1 }, () => "etc/large"),
      ),
    );
    const again = await world.take((await world.prepare([path("etc/large")], "file")).url);
    const reader = again.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect((await fate(world))?.state).toMatch(/cancelled|succeeded/);
  });

  it("is refused when three are under way already", async () => {
    const world = await downloadWorld();
    world.keeper.script["stream-tar"] = () => "nothing";
    const gone = new AbortController();
    const taking = [];
    for (let n = 0; n < 3; n++) {
      const { url } = await world.prepare([path("etc")], "zip");
      taking.push(world.take(url, { signal: gone.signal }));
      await until("it is under way", async () => (await jobsOf(world)).length === n + 1);
    }
    const { url } = await world.prepare([path("etc")], "zip");
    expect((await world.take(url)).status).toBe(429);
    gone.abort();
    await Promise.all(taking);
    await fate(world);
  });
});

describe("a preview", () => {
  it.each([
    ["<script>alert(1)</script>", "text/plain; charset=utf-8"],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "text/plain; charset=utf-8"],
    ["\x89PNG\r\n\x1a\n\0 no picture, but never a page", "image/png"],
  ])("of %j is %s, whatever its name says", async (content, type) => {
    const world = await downloadWorld();
    const folder = someFiles();
    writeFileSync(join(folder, "page.html"), content, "latin1");
    keeperHas(world, tarOfFolder(folder, ["page.html"]));
    const answer = await world.take((await world.prepare([path("page.html")], "preview")).url);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": type,
      "content-disposition": "inline",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^sandbox; default-src 'none'/),
    });
    expect(await bytesOf(answer)).toEqual(Buffer.from(content, "latin1"));
  });

  it("is refused for what is no text and no picture, for what is too large, and for a folder", async () => {
    const world = await downloadWorld();
    const folder = someFiles();
    writeFileSync(join(folder, "program"), "\x7fELF\0\0\0", "latin1");
    writeFileSync(join(folder, "large.txt"), Buffer.alloc(10 * 1024 * 1024 + 1, "a"));
    for (const [name, say] of [
      ["program", /neither text nor a picture/],
      ["large.txt", /larger than 10 MiB/],
      ["etc", /a folder/],
    ] as const) {
      keeperHas(world, tarOfFolder(folder, [name]));
      const answer = await world.take((await world.prepare([path(name)], "preview")).url);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: { say: expect.stringMatching(say) } });
    }
  });
});

it("lets nobody in at the door for streams who shows no key of a place, and closes it", async () => {
  const world = await downloadWorld();
  const knock = (lines: string[]) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port: world.port, host: "127.0.0.1", rejectUnauthorized: false });
      let text = "";
      socket.on("data", (piece) => {
        text += piece;
      });
      socket.once("close", () => resolve(text));
      socket.write(`${["GET /api/internal/stream HTTP/1.1", "Host: x", ...lines].join("\r\n")}\r\n\r\n`);
    });
  const upgrade = ["Connection: Upgrade", "Upgrade: bbs-stream"];
  const key = `bbss_${"A".repeat(43)}`;
  for (const lines of [
    upgrade,
    [...upgrade, "Authorization: Bearer bbss_guess"],
    [...upgrade, `Authorization: Bearer ${key}`],
    ["Connection: Upgrade", "Upgrade: websocket", `Authorization: Bearer ${key}`],
  ]) {
    expect(await knock(lines)).toMatch(/^HTTP\/1\.1 404 /);
  }
});
