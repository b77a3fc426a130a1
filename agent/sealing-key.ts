import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { SEALED_BOX_OVERHEAD, SEALED_BOX_PURPOSE, SEALED_BOX_VERSION } from "~/protocol/sealed-box";
import type { AgentFolder } from "./agent-folder";
import { readIfThere, writeDurably } from "./durable-file";
import { PlainError } from "./plain-error";

/** What stands before the 32 bytes in the DER form of an X25519 public key (RFC 8410). */
const DER_HEAD = Buffer.from("302a300506032b656e032100", "hex");

/**
 * The agent's X25519 key: what a person types in the console for this machine is sealed to it. Made at the first start and kept (0600); a
 * machine that is enrolled anew keeps it too. Refuses a file that is no such key: what was sealed to the lost one could never be opened.
 */
export async function sealingKey(folder: AgentFolder): Promise<KeyObject> {
  const found = await readIfThere(folder.sealingKey);
  if (found === null) {
    const made = generateKeyPairSync("x25519").privateKey;
    await writeDurably(folder.sealingKey, made.export({ type: "pkcs8", format: "pem" }).toString());
    return made;
  }
  try {
    const key = createPrivateKey(found);
    if (key.asymmetricKeyType === "x25519") return key;
  } catch (cause) {
    throw damaged(folder, cause);
  }
  throw damaged(folder);
}

/** The public half as the console gets it: 32 bytes, base64. */
export function sealingKeyForConsole(key: KeyObject): string {
  return rawPublic(key).toString("base64");
}

/** Opens a box of protocol/sealed-box. Null when it was not sealed to this key, or was changed. */
export function openSealedBox(key: KeyObject, box: string): string | null {
  const bytes = Buffer.from(box, "base64");
  if (bytes.length < SEALED_BOX_OVERHEAD || bytes[0] !== SEALED_BOX_VERSION) return null;
  const sender = bytes.subarray(1, 33);
  try {
    const shared = diffieHellman({
      privateKey: key,
      publicKey: createPublicKey({ key: Buffer.concat([DER_HEAD, sender]), format: "der", type: "spki" }),
    });
    const salt = Buffer.concat([sender, rawPublic(key)]);
    const stretched = Buffer.from(hkdfSync("sha256", shared, salt, SEALED_BOX_PURPOSE, 44));
    const opener = createDecipheriv("aes-256-gcm", stretched.subarray(0, 32), stretched.subarray(32));
    opener.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([opener.update(bytes.subarray(33, -16)), opener.final()]).toString("utf8");
  } catch {
    // A tag that does not fit, or a point that is none: not ours to open.
    return null;
  }
}

function rawPublic(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32);
}

function damaged(folder: AgentFolder, cause?: unknown): PlainError {
  return new PlainError(
    `${folder.sealingKey} is damaged. Remove it and type the passwords of this machine's databases anew in the console.`,
    { cause },
  );
}
