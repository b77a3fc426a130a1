import { eq } from "drizzle-orm";
import { z } from "zod";
import { Refusal } from "~/domain/refusal";
import { compareVersions, MOST_MANIFEST_BYTES } from "~/protocol/release";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { releaseFeeds, releases } from "../db/schema/updates";
import { appendEntry } from "../journal/append-entry";
import { type FetchOptions, guardedFetch, guardedOpen } from "../outgoing/guard";
import { OutgoingProblem } from "../outgoing/outgoing-problem";
import { readSetting } from "../settings/read-setting";
import { claimFeed } from "./feed-state";
import { storeFile } from "./store-file";
import { type GivenRelease, openGiven, takeInRelease } from "./take-in-release";

/** What the feed's address answers with. Each release is a folder beside it, with the manifest, its signature and the files. */
const feed = z.object({
  releases: z
    .array(z.string().regex(/^(?!\.)[A-Za-z0-9._-]{1,80}\/$/))
    .min(1)
    .max(20),
});

/** How long one file may take, in seconds. */
const FILE_SECONDS = 3600;
/** Of an answer's head, above the bytes of the file. */
const HEAD_BYTES = 64 * 1024;

interface Given {
  fetch?: FetchOptions;
  signal?: AbortSignal;
}

/**
 * Asks the release feed of the settings once a day, and an hour after it failed: takes in what is newer than all that was ever here and brings
 * its files, so that machines need no internet. The feed is believed in nothing: what no release key signed is not taken in, is journaled, and
 * stands on the page. Null: none is set, or not due. One caller at a time gets to ask.
 */
export async function checkFeed(ctx: Ctx, given: Given = {}): Promise<{ problem: string | null } | null> {
  const { feedUrl } = await readSetting(ctx, "updates");
  if (feedUrl === "") return null;
  const claimed = await claimFeed(ctx, feedUrl);
  if (!claimed) return null;
  const { problem, refused } = await askFeed(ctx, feedUrl, given);
  await ctx.db.transaction(async (tx) => {
    await tx.update(releaseFeeds).set({ problem }).where(eq(releaseFeeds.url, feedUrl));
    await announce(tx, { entity: "release", id: "*", clientId: null });
    if (!refused || problem === claimed.problemBefore) return;
    const detail = { feed: new URL(feedUrl).host };
    const say = `The release feed brought what was not believed. ${problem}`;
    await appendEntry({ ...ctx, db: tx }, { action: "release.refused", say, detail });
  });
  return { problem };
}

/** What went wrong first, in one sentence; `refused`: it was a release that is not to be believed. */
type Trouble = { problem: string | null; refused: boolean };

/** One release that is refused does not keep the others from coming. */
async function askFeed(ctx: Ctx, feedUrl: string, given: Given): Promise<Trouble> {
  const troubles: Trouble[] = [];
  try {
    for (const folder of await readFeed(ctx, feedUrl, given)) {
      if (given.signal?.aborted) break;
      await bring(ctx, new URL(folder, feedUrl), given).catch((error) => {
        const { problem, refused } = troubleOf(error);
        troubles.push({ problem: `${folder.slice(0, -1)}: ${problem}`, refused });
      });
    }
  } catch (error) {
    troubles.push(troubleOf(error));
  }
  const [first = { problem: null, refused: false }] = troubles;
  return troubles.find(({ refused }) => refused) ?? first;
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Refusal) return { problem: error.say, refused: error.code === "release-refused" };
  if (error instanceof OutgoingProblem) return { problem: error.message, refused: false };
  throw error;
}

async function readFeed(ctx: Ctx, feedUrl: string, given: Given): Promise<string[]> {
  const text = await fetchText(ctx, new URL(feedUrl), given);
  try {
    return feed.parse(JSON.parse(text)).releases;
  } catch (cause) {
    throw new OutgoingProblem("What the feed's address answers with is no release feed.", cause);
  }
}

/** Takes in one release of the feed with all its files, if it is wanted. */
async function bring(ctx: Ctx, folder: URL, given: Given): Promise<void> {
  const [manifest, signatures] = [
    Buffer.from(await fetchText(ctx, new URL("manifest.json", folder), given)),
    Buffer.from(await fetchText(ctx, new URL("manifest.sig", folder), given)),
  ];
  if (!(await isWanted(ctx, { manifest, signatures }))) return;
  const { missing } = await takeInRelease(ctx, { manifest, signatures, source: "feed" });
  for (const file of missing) await bringFile(ctx, new URL(file.name, folder), file, given);
}

/** Not what was removed here, not what is older than anything ever seen, and of the channel beta only by choice. */
async function isWanted(ctx: Ctx, given: GivenRelease): Promise<boolean> {
  const { manifest } = await openGiven(ctx, given);
  if (manifest.channel === "beta" && !(await readSetting(ctx, "updates")).beta) return false;
  const seen = await ctx.db
    .select({ version: releases.version, removedAt: releases.removedAt })
    .from(releases)
    .where(eq(releases.product, manifest.product));
  const known = seen.find(({ version }) => version === manifest.version);
  if (known) return known.removedAt === null;
  return seen.every(({ version }) => compareVersions(version, manifest.version) < 0);
}

async function bringFile(
  ctx: Ctx,
  url: URL,
  file: { sha256: string; size: number },
  { fetch, signal }: Given,
): Promise<void> {
  const bounds = { seconds: FILE_SECONDS, mostBytes: file.size + HEAD_BYTES };
  const answer = await guardedOpen(ctx, url.href, { ...bounds, ...fetch });
  signal?.addEventListener("abort", answer.close, { once: true });
  try {
    demandOk(answer.status, url);
    await storeFile(ctx, file, answer.pieces);
  } finally {
    signal?.removeEventListener("abort", answer.close);
    answer.close();
  }
}

async function fetchText(ctx: Ctx, url: URL, { fetch }: Given): Promise<string> {
  const answer = await guardedFetch(ctx, url.href, {
    ...{ seconds: 30, mostBytes: MOST_MANIFEST_BYTES + HEAD_BYTES },
    ...fetch,
  });
  demandOk(answer.status, url);
  return answer.body;
}

function demandOk(status: number, url: URL): void {
  if (status !== 200) throw new OutgoingProblem(`${url.host} answered HTTP ${status} to ${url.pathname}.`);
}
