import { ID_BYTES, isManifest, TAG_PUT } from "./segment";

const MAGIC = "BORG_SEG";
const HEADER_BYTES = 9;

/** First byte of everything that is stored, by encryption mode (borg 1.2 and 1.4: key.py, TYPE). borg tells the mode by the manifest's. */
const MODES: Readonly<Record<number, StoredEncryption>> = {
  0: "keyfile",
  2: "none",
  3: "repokey",
  4: "keyfile-blake2",
  5: "repokey-blake2",
  6: "authenticated-blake2",
  7: "authenticated",
};

export type StoredEncryption =
  | "repokey-blake2"
  | "repokey"
  | "keyfile-blake2"
  | "keyfile"
  | "authenticated-blake2"
  | "authenticated"
  | "none";

/** Reads the encryption mode off the beginning of a segment. Null: no manifest begins in it, or one of a mode that borg does not make any more. */
export function readEncryption(head: Buffer): StoredEncryption | null {
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const wanted = HEADER_BYTES + ID_BYTES + 1;
  for (let at = MAGIC.length; at + wanted <= head.length; ) {
    const size = view.getUint32(at + 4, true);
    if (size < HEADER_BYTES) return null;
    if (view.getUint8(at + 8) === TAG_PUT && size >= wanted && isManifest(view, at + HEADER_BYTES))
      return MODES[view.getUint8(at + HEADER_BYTES + ID_BYTES)] ?? null;
    at += size;
  }
  return null;
}
