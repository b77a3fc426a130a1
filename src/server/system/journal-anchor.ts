import { Refusal } from "~/domain/refusal";
import type { Setting } from "~/domain/settings";
import type { Ctx } from "../context";
import { lastEntry } from "../journal/last-entry";
import { isMailAddress } from "../mail/mail-address";
import { readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";

/** Where the head of the journal goes, and when it was sent last (null: never). */
export async function getJournalAnchor(
  ctx: Pick<Ctx, "db">,
): Promise<{ value: Setting<"journal-anchor">; last: { at: Date; say: string } | null }> {
  const [value, last] = await Promise.all([
    readSetting(ctx, "journal-anchor"),
    lastEntry(ctx, ["journal.anchored"]),
  ]);
  return { value, last: last && { at: last.at, say: last.say } };
}

/**
 * Says where the head of the journal goes from now on; empty: nowhere. For admins: the caller has asked who may. Refuses `invalid-input` for
 * what is no address. Whether it can be reached shows when the worker sends it.
 */
export async function saveJournalAnchor(ctx: Ctx, input: Setting<"journal-anchor">): Promise<void> {
  const mailTo = input.mailTo.trim();
  const postTo = input.postTo.trim();
  if (mailTo !== "" && !isMailAddress(mailTo))
    throw new Refusal("invalid-input", { say: "This is not one e-mail address." });
  if (postTo !== "" && !isPlainUrl(postTo))
    throw new Refusal("invalid-input", {
      say: "Use an address that begins with https:// and holds no password.",
    });
  await saveSetting(ctx, { name: "journal-anchor", value: { mailTo, postTo } });
}

function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
