import { z } from "zod";
import { DRILL_OUTCOMES, DRILL_SCOPES, READ_BACKS } from "./drill";

/**
 * The certificate of a restore drill: what stands in it, and how it becomes bytes. It is signed over its canonical form (RFC 8785, JCS), and
 * its file has one form only, so that no byte of it can be changed without notice. Signing and checking a signature are the caller's.
 */

/** Of a drill on the storage node. */
export const CERTIFICATE_FORMAT = "bbs-drill-certificate-1";
/** Of a drill onto another client, which format 1 cannot name. */
export const CERTIFICATE_FORMAT_ONTO_CLIENT = "bbs-drill-certificate-2";

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(4096);
const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** base64 of exactly 32 bytes. */
const key32 = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
/** base64 of exactly 64 bytes. */
const signature64 = z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/);

/** A file of the sample, as shown to people; `pathBytes` (base64) only where its name is no plain text. */
const file = z.strictObject({
  path: z.string().max(20_000),
  pathBytes: z.base64().max(8192).optional(),
  bytes: count,
  /** HMAC-SHA-256 with the sample's salt over the contents, as the machine took it of its live file. */
  hash: sha256,
  /** The same over what came out of the archive; null: it did not come out whole. */
  restoredHash: sha256.nullable(),
  readBack: z.enum(READ_BACKS),
  canary: z.boolean(),
});

const onStorageNode = z.strictObject({
  format: z.literal(CERTIFICATE_FORMAT),
  id: text,
  server: z.strictObject({ address: text, version: text }),
  client: z.strictObject({ id: text, name: text }),
  /** Null: no plan of this server made the archive. */
  plan: z.strictObject({ id: text, name: text }).nullable(),
  repository: z.strictObject({ id: text, name: text }),
  archive: z.strictObject({ id: sha256, name: text, committedAt: instant }),
  drill: z.strictObject({
    jobId: text,
    scope: z.enum(DRILL_SCOPES),
    onto: z.enum(["storage-node"]),
    /** Decides which files of the sample were read. */
    seed: z.string().regex(/^[0-9a-f]{32}$/),
    startedAt: instant,
    endedAt: instant,
    milliseconds: count,
    borgVersion: text,
  }),
  /** What the machine's agent hashed beside the backup; null: nothing. */
  sample: z
    .strictObject({
      /** Decided which files of the machine were hashed. */
      seed: text,
      algorithm: z.literal("HMAC-SHA-256"),
      salt: key32,
      hashedFiles: count,
    })
    .nullable(),
  files: z.array(file).max(200),
  missingCanaries: z.array(z.string().max(20_000)).max(50),
  /** Of a drill of everything: all files of the archive; null: not everything was read. */
  everything: z
    .strictObject({
      files: count,
      bytes: count,
      /**
       * SHA-256 over the list of them, each as path, NUL, length, NUL, SHA-256 of its contents, LF: on the storage node in the archive's order,
       * on a client by folders with names in the order of their bytes.
       */
      listDigest: sha256,
      /** Why it ended before everything was read; null: it did not. */
      stoppedBy: text.nullable(),
    })
    .nullable(),
  /** All that came out of the archive, and how fast. */
  restored: z.strictObject({ files: count, bytes: count, bytesPerSecond: count }),
  outcome: z.enum(DRILL_OUTCOMES),
  say: z.string().max(30_000),
});

const ontoClient = onStorageNode.extend({
  format: z.literal(CERTIFICATE_FORMAT_ONTO_CLIENT),
  drill: onStorageNode.shape.drill.extend({
    /** The machine that brought the files back, hashed them and removed them. `borgVersion` is its borg's, and the time from borg's start until they were on its disk. */
    onto: z.strictObject({ client: z.strictObject({ id: text, name: text }) }),
  }),
});

export const certificate = z.discriminatedUnion("format", [onStorageNode, ontoClient]);
export type Certificate = z.output<typeof certificate>;

const document = z.strictObject({
  certificate,
  signature: z.strictObject({ algorithm: z.literal("Ed25519"), publicKey: key32, value: signature64 }),
});
export type CertificateDocument = z.output<typeof document>;

/** The bytes that are signed: JSON in its canonical form (RFC 8785), UTF-8. */
export function canonicalForm(value: Certificate): string {
  return canonical(value);
}

/** The file: one form only, so that a reader can tell any other. */
export function writeDocument(given: CertificateDocument): string {
  return `${JSON.stringify(JSON.parse(canonical(given)), null, 2)}\n`;
}

/** What a file says, if it has the one form that a certificate has to the last byte; otherwise why not. The signature is not checked here. */
export function readDocument(
  bytes: Uint8Array,
): { document: CertificateDocument } | { document: null; why: string } {
  let given: unknown;
  let written: string;
  try {
    written = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    given = JSON.parse(written);
  } catch {
    return { document: null, why: "It is not JSON in UTF-8." };
  }
  const parsed = document.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue && issue.path.length > 0 ? ` (${issue.path.map(String).join(".")})` : "";
    return { document: null, why: `It is not a certificate of this kind${where}.` };
  }
  if (writeDocument(parsed.data) !== written)
    return { document: null, why: "Its layout was changed: it is not the file as it was written." };
  return { document: parsed.data };
}

/** RFC 8785 for what a certificate holds: keys in the order of their UTF-16 units, numbers and texts as ECMAScript writes them, nothing between. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}
