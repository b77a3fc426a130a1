import { createPublicKey, verify } from "node:crypto";
import { type CertificateDocument, canonicalForm, readDocument } from "~/domain/certificate";

/** What a file is: a certificate as its server signed it, or why not. */
export type Verified = { document: CertificateDocument } | { document: null; why: string };

/** SubjectPublicKeyInfo of Ed25519 in front of the key's 32 bytes (RFC 8410). */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Checks a certificate without any server: its form to the last byte, its signature, and with `publicKey` (base64) that this key has signed it.
 * Without `publicKey` it is the key that stands in the file, so it says only that nothing was changed since whoever has that key signed it.
 */
export function verifyCertificate(file: Uint8Array, publicKey: string | null): Verified {
  const read = readDocument(file);
  if (read.document === null) return read;
  const { certificate, signature } = read.document;
  if (publicKey !== null && publicKey !== signature.publicKey)
    return { document: null, why: `It was signed with another key: ${signature.publicKey}.` };
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(signature.publicKey, "base64")]),
    ...{ format: "der", type: "spki" },
  });
  const signed = Buffer.from(canonicalForm(certificate), "utf8");
  const fits = verify(null, signed, key, Buffer.from(signature.value, "base64"));
  return fits ? read : { document: null, why: "Its signature does not fit: something in it was changed." };
}
