import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyCertificate } from "~/cli/verify-certificate";
import {
  CERTIFICATE_FORMAT,
  CERTIFICATE_FORMAT_ONTO_CLIENT,
  type Certificate,
  canonicalForm,
  readDocument,
  writeDocument,
} from "~/domain/certificate";
import { sayCertificate } from "~/domain/certificate-words";
import { sampled } from "../support/sampled";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

function rawKey(key: KeyObject): string {
  return key.export({ type: "spki", format: "der" }).subarray(-32).toString("base64");
}

const plain: Certificate = {
  ...{ format: CERTIFICATE_FORMAT, id: "c1", server: { address: "https://b.example", version: "1.0.0" } },
  ...{
    client: { id: "k1", name: "web-01 “ü”" },
    plan: { id: "p1", name: "etc" },
    repository: { id: "r1", name: "main" },
  },
  archive: { id: "ab".repeat(32), name: "etc-1", committedAt: "2026-11-22T02:00:00.000Z" },
  drill: {
    ...{
      jobId: "j1",
      scope: "everything",
      onto: "storage-node",
      seed: "01".repeat(16),
      borgVersion: "1.2.4",
    },
    ...{ startedAt: "2026-11-23T02:00:00.000Z", endedAt: "2026-11-23T02:00:02.500Z", milliseconds: 2500 },
  },
  sample: { seed: "fe".repeat(16), algorithm: "HMAC-SHA-256", salt: `${"A".repeat(42)}E=`, hashedFiles: 2 },
  files: [
    {
      ...{ path: "etc/hosts", bytes: 220, hash: "aa".repeat(32), restoredHash: "aa".repeat(32) },
      ...{ readBack: "same", canary: true },
    },
    {
      ...{ path: "etc/\\xff", pathBytes: "ZXRjL/8=", bytes: 1, hash: "bb".repeat(32), restoredHash: null },
      ...{ readBack: "unreadable", canary: false },
    },
  ],
  missingCanaries: [],
  everything: { files: 20, bytes: 12_345_678, listDigest: "cc".repeat(32), stoppedBy: null },
  restored: { files: 20, bytes: 12_345_678, bytesPerSecond: 4_938_271 },
  ...{ outcome: "failed", say: "Etc/\\xff cannot be read out of the archive." },
};

function signed(certificate: Certificate): string {
  const value = sign(null, Buffer.from(canonicalForm(certificate)), privateKey).toString("base64");
  return writeDocument({
    certificate,
    signature: { algorithm: "Ed25519", publicKey: rawKey(publicKey), value },
  });
}

const file = Buffer.from(signed(plain));
const onto: Certificate = {
  ...plain,
  format: CERTIFICATE_FORMAT_ONTO_CLIENT,
  drill: { ...plain.drill, onto: { client: { id: "k2", name: "web-02" } } },
};

describe("a certificate", () => {
  it("is verified without a server, and by the key that one gives", () => {
    expect(verifyCertificate(file, null).document?.certificate).toEqual(plain);
    expect(verifyCertificate(file, rawKey(publicKey)).document?.certificate).toEqual(plain);
    const other = rawKey(generateKeyPairSync("ed25519").publicKey);
    expect(verifyCertificate(file, other)).toMatchObject({
      document: null,
      why: expect.stringContaining("another key"),
    });
  });

  it("is verified in both formats, of which each names one place where it was restored", () => {
    const verified = (given: Certificate) => verifyCertificate(Buffer.from(signed(given)), null).document;
    expect(verified(onto)?.certificate).toEqual(onto);
    expect(sayCertificate(onto).join("\n")).toContain(
      "The machine web-02 restored the archive etc-1 of web-01 “ü”, plan etc, out of the repository main of the server https://b.example onto its own disk,",
    );
    const crossed = [
      { ...onto, format: CERTIFICATE_FORMAT },
      { ...plain, format: CERTIFICATE_FORMAT_ONTO_CLIENT },
      { ...plain, format: "bbs-drill-certificate-3" },
    ] as unknown as Certificate[];
    for (const one of crossed) expect(verified(one)).toBeNull();
  });

  it("has its keys in the canonical order of RFC 8785, whatever order it came in", () => {
    const turned = Object.fromEntries(Object.entries(plain).reverse()) as unknown as Certificate;
    expect(canonicalForm(turned)).toBe(canonicalForm(plain));
    expect(canonicalForm(plain)).toMatch(/^\{"archive":\{"committedAt":"2026-11-22T02:00:00.000Z","id":"ab/);
    // The example of RFC 8785, 3.2.3, as far as a certificate can hold it.
    const names = { ...plain, client: { id: '\u20ac$\u000f\nA\'B"\\\\"/', name: "1" } };
    expect(canonicalForm(names)).toContain('"id":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  const places = Array.from({ length: file.length }, (_, at) => at);
  it("does not hold when any byte of its file is another one", () => {
    for (const at of sampled(places, 400)) {
      for (const value of [(file[at] ?? 0) ^ 1, 0x20, 0x41, 0xff]) {
        if (value === file[at]) continue;
        const changed = Buffer.from(file);
        changed[at] = value;
        expect(verifyCertificate(changed, null).document, `byte ${at} as ${value}`).toBeNull();
      }
    }
  });

  it("does not hold when bytes are added, taken away or moved", () => {
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(40), fc.uint8Array({ maxLength: 6 }), (at, gone, put) => {
        const changed = Buffer.concat([file.subarray(0, at), put, file.subarray(at + gone)]);
        fc.pre(!changed.equals(file));
        return verifyCertificate(changed, null).document === null;
      }),
      { numRuns: 500 },
    );
  });

  it("does not hold when it is written in another way, or says more", () => {
    const document = JSON.parse(file.toString());
    const refused = (value: unknown, indent?: number) =>
      readDocument(Buffer.from(`${JSON.stringify(value, null, indent)}\n`)).document === null;
    expect(refused(document)).toBe(true);
    expect(refused({ ...document, note: "genuine" }, 2)).toBe(true);
    expect(refused({ ...document, certificate: { ...document.certificate, note: 1 } }, 2)).toBe(true);
  });

  it("says in words what is proven, what is not, and by whom", () => {
    const says = sayCertificate(plain).join("\n");
    expect(says).toContain("The drill failed: Etc/\\xff cannot be read");
    expect(says).toContain("The server https://b.example read the archive etc-1 of web-01 “ü”, plan etc,");
    expect(says).toContain("1 of 2 files came out with the same contents");
    expect(says).toContain("etc/\\xff: cannot be read out of the archive.");
    expect(says).toContain("Every file of the archive was read: 20 in all.");
  });
});
