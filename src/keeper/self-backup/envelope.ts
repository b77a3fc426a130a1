/**
 * The form of a self-backup file: a line of JSON, sealed pieces, a mark at the end. The key comes of an X25519 exchange between a key made for
 * this file and the recovery key, whose private half is on paper only (as age does it); the line goes into the key, so a changed one opens nothing.
 * Pieces are AES-256-GCM under a number that counts up and says which is the last: none can be left out, repeated, swapped or cut off.
 * Edit when the form changes, and give it another FORMAT.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { z } from "zod";

const FORMAT = "bbs-self-backup-1";
export const PIECE_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
/** Stands in the clear behind the last piece, so that a file that was cut off is told from one that was changed. */
export const END_MARK = Buffer.from("bbs-self-backup-end\n");

const headerLine = z.object({
  format: z.literal(FORMAT),
  madeAt: z.string(),
  /** Both base64 of 32 bytes: whose key opens it, and the public half of the key made for this file. */
  recoveryKey: z.string().length(44),
  fileKey: z.string().length(44),
});
export type EnvelopeHeader = z.output<typeof headerLine>;

/** Begins a file: its first line, and what seals the pieces that follow it, in order. */
export function beginEnvelope(recoveryKey: Buffer, madeAt: Date): { line: Buffer; seal: SealPiece } {
  const own = generateKeyPairSync("x25519");
  const header: EnvelopeHeader = {
    ...{ format: FORMAT, madeAt: madeAt.toISOString(), recoveryKey: recoveryKey.toString("base64") },
    fileKey: rawPublic(own.publicKey).toString("base64"),
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: publicOf(recoveryKey) });
  const key = keyOf(shared, line);
  let piece = 0;
  return {
    line,
    seal: (plain, last) => {
      const cipher = createCipheriv("aes-256-gcm", key, nonceOf(piece++, last));
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
  };
}

export type SealPiece = (plain: Buffer, last: boolean) => Buffer;

/** What a first line says; null: it is none of ours. */
export function readHeader(line: Buffer): EnvelopeHeader | null {
  try {
    return headerLine.parse(JSON.parse(line.toString("utf8")));
  } catch {
    return null;
  }
}

/** Opens the pieces in order; the answer is null for one that is not what was sealed at its place. */
export function openEnvelope(
  line: Buffer,
  header: EnvelopeHeader,
  privateKey: Buffer,
): (sealed: Buffer, last: boolean) => Buffer | null {
  const shared = diffieHellman({
    privateKey: privateOf(privateKey),
    publicKey: publicOf(Buffer.from(header.fileKey, "base64")),
  });
  const key = keyOf(shared, line);
  let piece = 0;
  return (sealed, last) => {
    if (sealed.length < TAG_BYTES) return null;
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(piece++, last), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    try {
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      return null;
    }
  };
}

/** The public half of a recovery key, 32 bytes. */
export const publicHalf = (privateKey: Buffer): Buffer => rawPublic(createPublicKey(privateOf(privateKey)));

const keyOf = (shared: Buffer, line: Buffer) => Buffer.from(hkdfSync("sha256", shared, line, FORMAT, 32));

function nonceOf(piece: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(piece, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** RFC 8410: what stands before the 32 bytes of an X25519 key in its DER form. */
const PRIVATE_DER = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_DER = Buffer.from("302a300506032b656e032100", "hex");

const privateOf = (raw: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_DER, raw]), format: "der", type: "pkcs8" });
const publicOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_DER, raw]), format: "der", type: "spki" });
const rawPublic = (key: KeyObject) => key.export({ format: "der", type: "spki" }).subarray(-32);
