import { createHash, generateKeyPairSync } from "node:crypto";

/** RFC 4648; without 0, 1, 8 and 9, which are taken for letters on paper. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const KEY_BYTES = 32;
const CHECK_BYTES = 3;
const GROUP = 8;

/** A new recovery key: `paper` is the only form of its secret half that is ever shown, once; `publicKey` is base64 of 32 bytes. */
export function makeRecoveryKeyPair(): { paper: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const secret = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-KEY_BYTES);
  return {
    paper: groupsOf(encode(Buffer.concat([secret, checkOf(secret)]))),
    publicKey: publicKey.export({ format: "der", type: "spki" }).subarray(-KEY_BYTES).toString("base64"),
  };
}

/** The 32 secret bytes of what a person typed off the paper; blanks, dashes and case do not matter. Null: a letter is wrong or missing. */
export function parseRecoveryKey(text: string): Buffer | null {
  const bytes = decode(text.toUpperCase().replace(/[\s-]/g, ""));
  if (bytes?.length !== KEY_BYTES + CHECK_BYTES) return null;
  const secret = bytes.subarray(0, KEY_BYTES);
  return checkOf(secret).equals(bytes.subarray(KEY_BYTES)) ? secret : null;
}

const checkOf = (secret: Buffer) =>
  createHash("sha256").update("bbs recovery key").update(secret).digest().subarray(0, CHECK_BYTES);

const groupsOf = (text: string) => (text.match(new RegExp(`.{1,${GROUP}}`, "g")) ?? []).join("-");

function encode(bytes: Buffer): string {
  let text = "";
  let waiting = 0;
  let bits = 0;
  for (const byte of bytes) {
    waiting = (waiting << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(waiting >> (bits - 5)) & 31];
    waiting &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(waiting << (5 - bits)) & 31] : text;
}

function decode(text: string): Buffer | null {
  const bytes: number[] = [];
  let waiting = 0;
  let bits = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    waiting = (waiting << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((waiting >> bits) & 255);
    waiting &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
