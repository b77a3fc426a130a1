import { and, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { releaseFeeds } from "../db/schema/updates";
import { readSetting } from "../settings/read-setting";

const HOUR_MS = 3_600_000;

/** When the feed of the settings was asked last, and what came of it; null: there is none. */
export async function readFeedState(ctx: Pick<Ctx, "db">) {
  const { feedUrl } = await readSetting(ctx, "updates");
  if (feedUrl === "") return null;
  const [row] = await ctx.db.select().from(releaseFeeds).where(eq(releaseFeeds.url, feedUrl));
  return { url: feedUrl, checkedAt: row?.checkedAt ?? null, problem: row?.problem ?? null };
}

/** Lets the worker ask the feed within a minute. Refuses `invalid-input` when there is none. */
export async function askFeedNow(ctx: Ctx): Promise<void> {
  const { feedUrl } = await readSetting(ctx, "updates");
  if (feedUrl === "")
    throw new Refusal("invalid-input", { say: "No release feed is set. Set its address first." });
  const due = { checkedAt: null, problem: null };
  await ctx.db
    .insert(releaseFeeds)
    .values({ url: feedUrl, ...due })
    .onConflictDoUpdate({ target: releaseFeeds.url, set: due });
}

/** Whoever gets it asks the feed; null: it is not due, or another asks. Until it is said how it went, it counts as broken off. */
export async function claimFeed(ctx: Ctx, url: string): Promise<{ problemBefore: string | null } | null> {
  return ctx.db.transaction(async (tx) => {
    await tx.insert(releaseFeeds).values({ url }).onConflictDoNothing();
    const ago = (hours: number) => new Date(ctx.now.getTime() - hours * HOUR_MS);
    const { checkedAt, problem } = releaseFeeds;
    const [due] = await tx
      .select({ problem })
      .from(releaseFeeds)
      .where(
        and(
          eq(releaseFeeds.url, url),
          or(isNull(checkedAt), lt(checkedAt, ago(24)), and(isNotNull(problem), lt(checkedAt, ago(1)))),
        ),
      )
      .for("update");
    if (!due) return null;
    const claimed = { checkedAt: ctx.now, problem: "The last look at the feed was broken off." };
    await tx.update(releaseFeeds).set(claimed).where(eq(releaseFeeds.url, url));
    return { problemBefore: due.problem };
  });
}
