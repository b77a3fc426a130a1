import { env } from "~/env";
import type { Ctx } from "../context";
import { appendEntry, lockJournal } from "../journal/append-entry";
import { lastEntry } from "../journal/last-entry";
import { queueMail } from "../mail/queue-mail";
import { type FetchOptions, guardedFetch } from "../outgoing/guard";
import { OutgoingProblem } from "../outgoing/outgoing-problem";
import { readSetting } from "../settings/read-setting";
import { isDueDaily } from "./is-due-daily";
import { SERVER_VERSION } from "./version";

/** An anchor is of use only while its day lasts; the next one holds it too. */
const MAIL_MINUTES = 24 * 60;

export interface Anchor {
  id: number;
  hash: string;
  at: Date;
}

/**
 * Sends the head of the journal to where an admin wants it kept, once a day: whoever rewrites the journal afterwards, also with all rights
 * on the database, cannot make it end in that entry again (`bbs-admin journal verify --anchor`). Null: nothing is set, or not due. Throws
 * what `guardedFetch` throws and `OutgoingProblem` when the address does not take it; then nothing counts as sent and it is tried again.
 */
export async function anchorJournalDaily(
  ctx: Ctx,
  given: { fetch?: FetchOptions } = {},
): Promise<Anchor | null> {
  const { mailTo, postTo } = await readSetting(ctx, "journal-anchor");
  if (mailTo === "" && postTo === "") return null;
  if (!(await isDue(ctx))) return null;
  const head = await lastEntry(ctx);
  if (!head) return null;
  const anchor = { id: head.id, hash: head.hash, at: head.at };
  if (postTo !== "") await post(ctx, postTo, anchor, given.fetch);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await lockJournal(tx);
    if (!(await isDue(inTx))) return null;
    if (mailTo !== "") await queueMail(inTx, { to: mailTo, ...mailOf(anchor), validMinutes: MAIL_MINUTES });
    const where = [mailTo, postTo === "" ? "" : new URL(postTo).host].filter(Boolean);
    await appendEntry(inTx, {
      action: "journal.anchored",
      say: `Sent the hash of entry ${anchor.id} to ${where.join(" and ")}.`,
      detail: { id: anchor.id, hash: anchor.hash, to: where },
    });
    return anchor;
  });
}

async function isDue(ctx: Ctx): Promise<boolean> {
  return isDueDaily((await lastEntry(ctx, ["journal.anchored"]))?.at ?? null, ctx.now);
}

async function post(ctx: Ctx, url: string, anchor: Anchor, options: FetchOptions = {}): Promise<void> {
  const answer = await guardedFetch(ctx, url, {
    ...options,
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": `bbs/${SERVER_VERSION}` },
    body: JSON.stringify({ server: env().appUrl, ...anchor, anchor: textOf(anchor) }),
  });
  if (answer.status < 200 || answer.status > 299) {
    throw new OutgoingProblem(`${new URL(url).host} did not take the anchor (HTTP ${answer.status}).`);
  }
}

/** As `bbs-admin journal verify --anchor` takes it. */
const textOf = ({ id, hash }: Anchor) => `${id}:${hash}`;

function mailOf(anchor: Anchor) {
  const text = [
    `The newest entry of the journal of ${env().appUrl} at ${anchor.at.toISOString()}:`,
    "",
    textOf(anchor),
    "",
    "Keep this mail where nobody of that server can change it. To see whether the journal still holds that entry and everything before it,",
    "run on the server:",
    "",
    `bbs-admin journal verify --anchor ${textOf(anchor)}`,
  ].join("\n");
  return { subject: `[BBS] Journal anchor ${anchor.id}`, text };
}
