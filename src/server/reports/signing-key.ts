import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { openSettingSecret, readSetting } from "../settings/read-setting";
import { saveSetting } from "../settings/save-setting";

/** Any number: the key is made once. */
const KEY_LOCK = 7_204_160;

/** Signs certificates, and says with which key. */
export interface Signer {
  /** Ed25519, base64 of its 32 bytes. */
  publicKey: string;
  /** base64 of the 64 bytes. */
  sign(text: string): string;
}

/** The public half of the key that signs certificates; made when it is asked for first. */
export async function ensureCertificateKey(ctx: Ctx): Promise<{ publicKey: string }> {
  const { publicKey } = await readSetting(ctx, "certificates");
  if (publicKey !== "") return { publicKey };
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    await tx.execute(sql`select pg_advisory_xact_lock(${KEY_LOCK})`);
    const known = await readSetting(inTx, "certificates");
    if (known.publicKey !== "") return known;
    const { privateKey } = generateKeyPairSync("ed25519");
    const secret = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
    const made = { publicKey: publicHalf(secret) };
    await saveSetting(inTx, {
      ...{ name: "certificates", value: made, secret },
      say: "Made the key that signs certificates of restore drills.",
    });
    return made;
  });
}

/** Opens the key to sign with it. It is made if there is none. Only for whoever issues certificates. */
export async function openSigner(ctx: Ctx): Promise<Signer> {
  const { publicKey } = await ensureCertificateKey(ctx);
  const secret = await openSettingSecret(ctx, "certificates");
  if (secret === null || publicHalf(secret) !== publicKey)
    throw new Error("the key that signs certificates does not fit its public half");
  const key = privateOf(secret);
  return { publicKey, sign: (text) => sign(null, Buffer.from(text, "utf8"), key).toString("base64") };
}

const privateOf = (secret: string) =>
  createPrivateKey({ key: Buffer.from(secret, "base64"), type: "pkcs8", format: "der" });

/** The last 32 bytes of its DER form are the key itself (RFC 8410). */
function publicHalf(secret: string): string {
  const der = createPublicKey(privateOf(secret)).export({ type: "spki", format: "der" });
  return der.subarray(-32).toString("base64");
}
