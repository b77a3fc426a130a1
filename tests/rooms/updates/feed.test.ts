import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { saveOutgoing } from "~/server/outgoing/save-outgoing";
import { checkFeed } from "~/server/updates/check-feed";
import { askFeedNow, readFeedState } from "~/server/updates/feed-state";
import { listReleases } from "~/server/updates/list-releases";
import { removeRelease } from "~/server/updates/remove-release";
import { CHUNK_BYTES } from "~/server/updates/store-chunk";
import { later, testDatabase } from "~tests/support/database";
import {
  type ReleaseSigner,
  releaseSigner,
  type SignedRelease,
  signedRelease,
  trust,
} from "~tests/support/signed-release";

/** A real web server with releases in folders. `broken`: paths whose answers end in the middle. */
async function feedServer() {
  const releases = new Map<string, SignedRelease>();
  const asked: string[] = [];
  const broken = new Set<string>();
  const server = createServer((request: IncomingMessage, response) => {
    const [, folder = "", name = ""] = request.url?.split("/") ?? [];
    asked.push(request.url ?? "");
    const release = releases.get(folder);
    const body =
      folder === "feed.json"
        ? Buffer.from(JSON.stringify({ releases: [...releases.keys()].map((one) => `${one}/`) }))
        : name === "manifest.json"
          ? release?.manifest
          : name === "manifest.sig"
            ? release?.signatures
            : release?.files.find((file) => file.name === name)?.bytes;
    if (!body) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": body.length });
    if (!broken.has(request.url ?? "")) return void response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/feed.json`, releases, asked, broken };
}

async function world(signers?: ReleaseSigner[]) {
  const database = await testDatabase();
  const signer = releaseSigner();
  const feed = await feedServer();
  const ctx = database.ctx();
  await saveOutgoing(ctx, { allowed: ["127.0.0.1"] });
  await trust(ctx, signers ?? [signer], { feedUrl: feed.url });
  return { database, ctx, signer, feed };
}

const versions = async (ctx: Parameters<typeof listReleases>[0]) =>
  (await listReleases(ctx)).map(({ version, files }) => [
    version,
    files.every((file) => file.storedAt !== null),
  ]);

describe("the release feed", () => {
  it("is asked once a day, and brings what is new with all its files", async () => {
    const { ctx, signer, feed } = await world();
    const files = { "bbs-agent.mjs": randomBytes(3 * CHUNK_BYTES + 11), "second.mjs": Buffer.from("2") };
    feed.releases.set("1.2.0", signedRelease([signer], { files }));
    expect(await checkFeed(ctx)).toEqual({ problem: null });
    expect(await versions(ctx)).toEqual([["1.2.0", true]]);
    const asked = feed.asked.length;
    expect(await checkFeed({ ...ctx, now: later({ hours: 23 }) })).toBeNull();
    expect(feed.asked.length).toBe(asked);
    feed.releases.set("1.10.0", signedRelease([signer], { version: "1.10.0" }));
    expect(await checkFeed({ ...ctx, now: later({ hours: 25 }) })).toEqual({ problem: null });
    expect(await versions(ctx)).toEqual([
      ["1.10.0", true],
      ["1.2.0", true],
    ]);
  });

  it("that is not set is never asked, and one is asked at once when an admin wants it", async () => {
    const { ctx, signer, feed } = await world();
    await checkFeed(ctx);
    feed.releases.set("1.2.0", signedRelease([signer]));
    await askFeedNow(ctx);
    expect(await checkFeed(ctx)).toEqual({ problem: null });
    expect(await versions(ctx)).toEqual([["1.2.0", true]]);
    await trust(ctx, [signer], { feedUrl: "" });
    expect(await checkFeed({ ...ctx, now: later({ hours: 99 }) })).toBeNull();
    await expect(askFeedNow(ctx)).rejects.toMatchObject({ code: "invalid-input" });
  });

  it("is believed in nothing: what no known key signed is told and journaled once, and other releases still come", async () => {
    const { ctx, signer, feed, database } = await world();
    feed.releases.set("6.6.6", signedRelease([releaseSigner()], { version: "6.6.6" }));
    feed.releases.set("1.2.0", signedRelease([signer]));
    const { problem } = (await checkFeed(ctx)) ?? {};
    expect(problem).toMatch(/^6\.6\.6: .*None of the release keys/);
    expect(await readFeedState(ctx)).toMatchObject({ checkedAt: ctx.now, problem });
    await checkFeed({ ...ctx, now: later({ hours: 2 }) });
    expect(await versions(ctx)).toEqual([["1.2.0", true]]);
    const told = await database.pool.sql`select 1 from journal_entries where action = 'release.refused'`;
    expect(told).toHaveLength(1);
  });

  it("cannot bring an old release back, nor one that was removed here, nor a beta that nobody asked for", async () => {
    const { ctx, signer, feed } = await world();
    feed.releases.set("2.0.0", signedRelease([signer], { version: "2.0.0" }));
    await checkFeed(ctx);
    const [newest] = await listReleases(ctx);
    await removeRelease(ctx, { id: newest?.id ?? "" });
    feed.releases.set("1.9.9", signedRelease([signer], { version: "1.9.9" }));
    feed.releases.set("3.0.0", signedRelease([signer], { version: "3.0.0", channel: "beta" }));
    expect(await checkFeed({ ...ctx, now: later({ hours: 25 }) })).toEqual({ problem: null });
    expect(await versions(ctx)).toEqual([]);
    await trust(ctx, [signer], { beta: true });
    await checkFeed({ ...ctx, now: later({ hours: 50 }) });
    expect(await versions(ctx)).toEqual([["3.0.0", true]]);
  });

  it("that breaks off in a file is asked again after an hour, and the file is whole then", async () => {
    const { ctx, signer, feed } = await world();
    feed.releases.set(
      "1.2.0",
      signedRelease([signer], { files: { "bbs-agent.mjs": randomBytes(CHUNK_BYTES * 2) } }),
    );
    feed.broken.add("/1.2.0/bbs-agent.mjs");
    expect((await checkFeed(ctx))?.problem).toMatch(/127\.0\.0\.1/);
    expect(await versions(ctx)).toEqual([["1.2.0", false]]);
    feed.broken.clear();
    expect(await checkFeed({ ...ctx, now: later({ minutes: 50 }) })).toBeNull();
    expect(await checkFeed({ ...ctx, now: later({ minutes: 70 }) })).toEqual({ problem: null });
    expect(await versions(ctx)).toEqual([["1.2.0", true]]);
  });

  it("whose file was swapped gives nobody that file", async () => {
    const { ctx, signer, feed } = await world();
    const release = signedRelease([signer]);
    const [agent] = release.files;
    if (agent) agent.bytes = Buffer.from(agent.bytes).fill(0x20);
    feed.releases.set("1.2.0", release);
    expect((await checkFeed(ctx))?.problem).toMatch(/not the file that was signed/);
    expect(await versions(ctx)).toEqual([["1.2.0", false]]);
  });

  it("inside the network is not asked unless an admin allowed it", async () => {
    const { ctx, feed } = await world();
    await saveOutgoing(ctx, { allowed: [] });
    expect((await checkFeed(ctx))?.problem).toMatch(/internal address/);
    expect(feed.asked).toEqual([]);
  });

  it("is asked by one worker at a time", async () => {
    const { ctx, signer, feed } = await world();
    feed.releases.set("1.2.0", signedRelease([signer]));
    const answers = await Promise.all([1, 2, 3].map(() => checkFeed(ctx)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(feed.asked.filter((path) => path === "/feed.json")).toHaveLength(1);
  });
});
