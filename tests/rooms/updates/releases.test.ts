import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { sendRelease } from "~/components/updates/send-release";
import { createCaller } from "~/server/api/root";
import { createClient } from "~/server/clients/create-client";
import type { Ctx } from "~/server/context";
import { readSetting } from "~/server/settings/read-setting";
import { countVersions } from "~/server/updates/count-versions";
import { listReleases } from "~/server/updates/list-releases";
import { openReleaseFile } from "~/server/updates/read-release";
import { purgeUnfinished, removeRelease } from "~/server/updates/remove-release";
import { CHUNK_BYTES, storeChunk } from "~/server/updates/store-chunk";
import { storeFile } from "~/server/updates/store-file";
import { takeInBuild } from "~/server/updates/take-in-build";
import { takeInRelease } from "~/server/updates/take-in-release";
import { later, testDatabase } from "~tests/support/database";
import { enrolledClient, reportNode } from "~tests/support/fleet";
import {
  bytesOf,
  firstFile,
  releaseSigner,
  type SignedRelease,
  signBy,
  signedRelease,
  trust,
} from "~tests/support/signed-release";

const source = "upload" as const;

/** A server that believes one signer. */
async function world() {
  const database = await testDatabase();
  const ctx = database.ctx();
  const signer = releaseSigner();
  await trust(ctx, [signer]);
  const count = async (table: string) => {
    const [row] = await database.pool.sql`select count(*)::int as n from ${database.pool.sql(table)}`;
    return row?.n;
  };
  return { database, ctx, signer, count };
}

async function takeInWhole(ctx: Ctx, release: SignedRelease): Promise<string> {
  const { id, missing } = await takeInRelease(ctx, { ...release, source });
  for (const file of missing) {
    const bytes = release.files.find(({ name }) => name === file.name)?.bytes ?? Buffer.alloc(0);
    await storeFile(ctx, file, Readable.from([bytes]));
  }
  return id;
}

async function readWhole(ctx: Ctx, sha256: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of (await openReleaseFile(ctx, { sha256 })).pieces) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("a release", () => {
  it("that a key of the settings signed is taken in with its notes and files, and journaled", async () => {
    const { ctx, signer, database } = await world();
    const release = signedRelease([signer]);
    const id = await takeInWhole(ctx, release);
    const [listed] = await listReleases(ctx);
    expect(listed).toMatchObject({ id, version: "1.2.0", notes: "Faster.", source, signedBy: signer.key });
    expect(listed?.files).toMatchObject([{ name: "bbs-agent.mjs", storedAt: ctx.now }]);
    expect(await readWhole(ctx, firstFile(release).sha256)).toEqual(firstFile(release).bytes);
    const entries = await database.pool.sql`select action from journal_entries where action like 'release%'`;
    expect(entries.map(({ action }) => action)).toEqual(["release.added"]);
  });

  it("is refused, and nothing of it kept, unless a known key signed these very bytes", async () => {
    const { ctx, signer, count } = await world();
    const release = signedRelease([signer]);
    const other = signedRelease([signer], { version: "9.9.9" });
    const stranger = signedRelease([releaseSigner()]);
    for (const [what, given] of Object.entries({
      unsigned: { ...release, signatures: bytesOf([]) },
      "by a stranger": stranger,
      "another's signature": { ...release, signatures: other.signatures },
      "a changed byte": { ...release, manifest: Buffer.concat([release.manifest, Buffer.from(" ")]) },
      "no signatures": { ...release, signatures: Buffer.from("no JSON") },
      "too large": { ...release, signatures: Buffer.alloc(300 * 1024, 0x20) },
    }))
      await expect(takeInRelease(ctx, { ...given, source }), what).rejects.toMatchObject({
        code: "release-refused",
      });
    expect([await count("releases"), await count("release_contents")]).toEqual([0, 0]);
  });

  it("is refused while no release key is known, with what to do", async () => {
    const ctx = (await testDatabase()).ctx();
    const taken = takeInRelease(ctx, { ...signedRelease([releaseSigner()]), source });
    await expect(taken).rejects.toMatchObject({ say: expect.stringContaining("Settings, Updates") });
  });

  it("comes once: again it changes nothing, with new signatures only those, with other bytes it is refused", async () => {
    const { ctx, signer, count } = await world();
    const release = signedRelease([signer]);
    const id = await takeInWhole(ctx, release);
    const next = releaseSigner();
    await trust(ctx, [signer, next]);
    const resigned = { ...release, signatures: bytesOf(signBy([signer, next], release.manifest)) };
    expect(await takeInRelease(ctx, { ...resigned, source })).toEqual({ id, version: "1.2.0", missing: [] });
    expect(await listReleases(ctx)).toMatchObject([{ signedBy: next.key }]);
    const swapped = signedRelease([signer], { notes: "Something else." });
    await expect(takeInRelease(ctx, { ...swapped, source })).rejects.toMatchObject({
      code: "release-refused",
    });
    expect(await count("releases")).toBe(1);
  });

  it("gives nobody a file before all of it came and its hash was right", async () => {
    const { ctx, signer } = await world();
    const bytes = randomBytes(2 * CHUNK_BYTES + 5);
    const release = signedRelease([signer], { files: { "bbs-agent.mjs": bytes } });
    await takeInRelease(ctx, { ...release, source });
    const { sha256 } = firstFile(release);
    const chunk = (position: number) =>
      storeChunk(ctx, {
        ...{ sha256, position },
        bytes: bytes.subarray(position * CHUNK_BYTES, (position + 1) * CHUNK_BYTES),
      });
    expect(await chunk(0)).toEqual({ chunks: 1, stored: false });
    expect(await chunk(0)).toEqual({ chunks: 1, stored: false });
    expect(await chunk(2)).toEqual({ chunks: 1, stored: false });
    await expect(openReleaseFile(ctx, { sha256 })).rejects.toMatchObject({ code: "not-found" });
    await chunk(1);
    expect(await chunk(2)).toEqual({ chunks: 3, stored: true });
    expect((await readWhole(ctx, sha256)).equals(bytes)).toBe(true);
  });

  it("throws a file away that is not the one that was signed, and takes the right one afterwards", async () => {
    const { ctx, signer, count } = await world();
    const bytes = randomBytes(CHUNK_BYTES + 9);
    const release = signedRelease([signer], { files: { "bbs-agent.mjs": bytes } });
    await takeInRelease(ctx, { ...release, source });
    const file = { sha256: firstFile(release).sha256, size: bytes.length };
    const changed = Buffer.from(bytes);
    changed[7] = (changed[7] ?? 0) ^ 1;
    for (const wrong of [changed, bytes.subarray(0, -1), Buffer.concat([bytes, bytes])])
      await expect(storeFile(ctx, file, Readable.from([wrong]))).rejects.toMatchObject({
        code: expect.stringMatching(/release-refused|invalid-input/),
      });
    await storeFile(ctx, file, Readable.from([changed])).catch(() => undefined);
    await storeFile(ctx, file, Readable.from([bytes])).catch(() => undefined);
    await storeFile(ctx, file, Readable.from([bytes]));
    expect((await readWhole(ctx, file.sha256)).equals(bytes)).toBe(true);
    expect(await count("release_chunks")).toBe(2);
  });

  it("that a browser sends goes on where it was after a break, and tells what was not picked", async () => {
    const { ctx, signer } = await world();
    const bytes = randomBytes(2 * CHUNK_BYTES + 3);
    const files = { "bbs-agent.mjs": bytes, "more.mjs": Buffer.from("more") };
    const release = signedRelease([signer], { files });
    const api = createCaller({ ...ctx, peer: null }).updates;
    const picked = [
      new File([new Uint8Array(release.manifest)], "manifest.json"),
      new File([new Uint8Array(release.signatures)], "manifest.sig"),
      new File([new Uint8Array(bytes)], "bbs-agent.mjs"),
    ];
    const sent: number[] = [];
    const breaking = async (input: Parameters<typeof api.storeChunk>[0]) => {
      if (input.position === 1) throw new Error("the connection is gone");
      return api.storeChunk(input);
    };
    const broken = sendRelease(picked, { addRelease: api.addRelease, storeChunk: breaking }, () => undefined);
    await expect(broken).rejects.toThrow("the connection is gone");
    const receiver = {
      addRelease: api.addRelease,
      storeChunk: async (input: Parameters<typeof api.storeChunk>[0]) => {
        sent.push(input.position);
        return api.storeChunk(input);
      },
    };
    const shares: number[] = [];
    const told = await sendRelease(picked, receiver, (share) => shares.push(share));
    expect(told).toEqual({ version: "1.2.0", absent: ["more.mjs"] });
    expect([sent, shares.at(-1)]).toEqual([[0, 1, 2], 1]);
    expect((await readWhole(ctx, firstFile(release).sha256)).equals(bytes)).toBe(true);
    await expect(sendRelease(picked.slice(1), receiver, () => undefined)).rejects.toThrow(/manifest\.json/);
    const listed = await api.releases();
    expect(listed).toMatchObject({ feed: null, releases: [{ version: "1.2.0" }] });
  });

  it("names every file that may be stored: nothing else is", async () => {
    const { ctx } = await world();
    const stray = storeChunk(ctx, { sha256: "0".repeat(64), position: 0, bytes: Buffer.from("x") });
    await expect(stray).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps a server's file from machines", async () => {
    const { ctx, signer } = await world();
    const release = signedRelease([signer], { files: { "bbs-server.tar.gz": Buffer.from("server") } });
    await takeInWhole(ctx, release);
    const { sha256 } = firstFile(release);
    await expect(openReleaseFile(ctx, { sha256 })).rejects.toMatchObject({ code: "not-found" });
  });

  it("that is removed takes its files along, but not those that another release names", async () => {
    const { ctx, signer, count } = await world();
    const shared = Buffer.from("the same agent");
    const one = signedRelease([signer], {
      files: { "bbs-agent.mjs": shared, "more.mjs": Buffer.from("more") },
    });
    const other = signedRelease([signer], { version: "1.3.0", files: { "bbs-agent.mjs": shared } });
    const id = await takeInWhole(ctx, one);
    await takeInWhole(ctx, other);
    await removeRelease(ctx, { id });
    expect(await listReleases(ctx)).toMatchObject([{ version: "1.3.0" }]);
    expect([await count("release_contents"), await count("release_chunks")]).toEqual([1, 1]);
    expect(await readWhole(ctx, firstFile(other).sha256)).toEqual(shared);
    await expect(removeRelease(ctx, { id })).rejects.toMatchObject({ code: "not-found" });
    expect(await takeInWhole(ctx, one)).toBe(id);
  });

  it("loses what came of a file when nobody sent the rest for a day", async () => {
    const { ctx, signer, count } = await world();
    const release = signedRelease([signer], { files: { "bbs-agent.mjs": randomBytes(CHUNK_BYTES + 1) } });
    await takeInRelease(ctx, { ...release, source });
    const { sha256, bytes } = firstFile(release);
    await storeChunk(ctx, { sha256, position: 0, bytes: bytes.subarray(0, CHUNK_BYTES) });
    await purgeUnfinished({ ...ctx, now: later({ hours: 23 }) });
    expect(await count("release_chunks")).toBe(1);
    await purgeUnfinished({ ...ctx, now: later({ hours: 25 }) });
    expect(await count("release_chunks")).toBe(0);
    await storeFile(ctx, { sha256, size: bytes.length }, Readable.from([bytes]));
    await purgeUnfinished({ ...ctx, now: later({ hours: 99 }) });
    expect((await readWhole(ctx, sha256)).equals(bytes)).toBe(true);
  });
});

describe("a build that brings its release along", () => {
  it("makes its key known and its agent ready, however often it starts", async () => {
    const database = await testDatabase();
    const ctx = database.workerCtx();
    const signer = releaseSigner();
    const release = signedRelease([signer]);
    const folder = mkdtempSync(join(tmpdir(), "bbs-build-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await takeInBuild(ctx, folder);
    expect(await listReleases(ctx)).toEqual([]);
    writeFileSync(join(folder, "release-key.pub"), `${signer.key}\n`);
    writeFileSync(join(folder, "manifest.json"), release.manifest);
    writeFileSync(join(folder, "manifest.sig"), release.signatures);
    writeFileSync(join(folder, "bbs-agent.mjs"), firstFile(release).bytes);
    for (const _ of [1, 2]) await takeInBuild(ctx, folder);
    expect((await readSetting(ctx, "updates")).releaseKeys).toEqual([signer.key]);
    expect(await listReleases(ctx)).toMatchObject([{ source: "build", files: [{ storedAt: ctx.now }] }]);
    const entries = await database.pool.sql`select action from journal_entries order by id`;
    expect(entries.map(({ action }) => action)).toEqual(["settings.changed", "release.added"]);
  });
});

it("the fleet's versions are counted by agent and borg, without machines that never enrolled", async () => {
  const database = await testDatabase();
  const ctx = database.ctx();
  await reportNode(ctx);
  for (const name of ["web-01", "web-02", "db-01"]) await enrolledClient(ctx, name);
  await createClient(ctx, { name: "not-yet" });
  await database.pool.sql`
    update clients set machine = machine || '{"agentVersion":"9.0.0","borgVersion":null}' where name = 'db-01'`;
  const counted = await countVersions(ctx);
  expect(counted).toContainEqual({ agent: "9.0.0", borg: null, clients: 1 });
  expect(counted.map(({ clients }) => clients).sort()).toEqual([1, 2]);
});
