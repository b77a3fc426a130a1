import { sql } from "drizzle-orm";
import webPush from "web-push";
import { env } from "~/env";
import type { Ctx } from "../context";
import { openSettingSecret, readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";

/** Any number: the keys are made once. */
const KEYS_LOCK = 7_204_123;

/** The public half of the keys by which browsers know our messages; made when it is asked for first. The private half is sealed. */
export async function ensurePushKeys(ctx: Ctx): Promise<{ publicKey: string }> {
  const { publicKey } = await readSetting(ctx, "push");
  if (publicKey !== "") return { publicKey };
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await tx.execute(sql`select pg_advisory_xact_lock(${KEYS_LOCK})`);
    const known = await readSetting(inTx, "push");
    if (known.publicKey !== "") return known;
    const made = webPush.generateVAPIDKeys();
    await saveSetting(inTx, {
      ...{ name: "push", value: { publicKey: made.publicKey }, secret: made.privateKey },
      say: "Made the keys by which browsers know that a note is of this server.",
    });
    return { publicKey: made.publicKey };
  });
}

/** Both halves, and whom a push service may ask about them. Null: none were made. Only for whoever sends. */
export async function openPushKeys(ctx: Pick<Ctx, "db">) {
  const { publicKey } = await readSetting(ctx, "push");
  const privateKey = await openSettingSecret(ctx, "push");
  return publicKey !== "" && privateKey !== null ? { publicKey, privateKey, subject: subject() } : null;
}

/** RFC 8292, 2.1: an https address or a mailto. Push services refuse one of this machine alone. */
function subject(): string {
  const { protocol, hostname, origin } = new URL(env().appUrl);
  const isOwnMachine = hostname === "localhost" || hostname.endsWith(".localhost");
  return protocol === "https:" && !isOwnMachine ? origin : `mailto:postmaster@${hostname}`;
}
