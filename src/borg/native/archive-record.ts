import { createHmac } from "node:crypto";
import { ID_BYTES } from "../segment";
import { NotUnderstood } from "./not-understood";
import { bytesOf, isSame, mapOf, type RepositoryKey, signatureKey } from "./repository-key";
import { Unpack } from "./unpack";

/** borg's ARCHIVE_KEYS, and the signature. */
const FIELDS = new Set([
  ...["version", "name", "items", "cmdline", "hostname", "username", "time", "time_end", "comment"],
  ...["chunker_params", "recreate_cmdline", "size", "csize", "nfiles", "size_parts", "csize_parts"],
  ...["nfiles_parts", "tam"],
]);
const SIGNATURE_BYTES = 64;

/** Reads an archive's own object (its id says that it is the one meant): the ids of the chunks that its items fill, in order. */
export function readArchiveRecord(content: Buffer, key: RepositoryKey | null): Buffer[] {
  const record = mapOf(new Unpack(content).whole(), "archive");
  for (const field of record.keys())
    if (!FIELDS.has(field))
      throw new NotUnderstood(`the archive has a field that is not known: ${field.slice(0, 40)}`);
  bytesOf(record, "name");
  const items = record.get("items");
  if (record.get("version") !== 1 || !Array.isArray(record.get("cmdline")) || !Array.isArray(items))
    throw new NotUnderstood("the archive is of another version");
  if (record.has("tam")) checkSignature(content, record, key);
  return items.map((id) => {
    if (Buffer.isBuffer(id) && id.length === ID_BYTES) return id;
    throw new NotUnderstood("the archive names a chunk of items by something that is no id");
  });
}

/** borg 1.4 signs archives; where a signature stands it must be right (key.py, unpack_and_verify_archive). */
function checkSignature(content: Buffer, record: ReturnType<typeof mapOf>, key: RepositoryKey | null) {
  const tam = mapOf(record.get("tam") ?? null, "signature");
  const signature = bytesOf(tam, "hmac");
  if (bytesOf(tam, "type").toString() !== "HKDF_HMAC_SHA512" || signature.length !== SIGNATURE_BYTES)
    throw new NotUnderstood("the archive is signed in a way that is not read here");
  const unsigned = Buffer.from(content);
  const at = unsigned.indexOf(signature);
  unsigned.fill(0, at, at + SIGNATURE_BYTES);
  const right = createHmac("sha512", signatureKey(key, bytesOf(tam, "salt")))
    .update(unsigned)
    .digest();
  if (!isSame(right, signature)) throw new NotUnderstood("the archive's signature does not verify");
}
