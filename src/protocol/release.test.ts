import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareVersions,
  keysAfterInstall,
  MOST_MANIFEST_BYTES,
  mayInstall,
  openManifest,
  type ReleaseCrypto,
  type ReleaseManifest,
  type ReleaseSignatures,
  releaseKeyId,
  releaseManifest,
  signedBytes,
} from "./release";

const crypto: ReleaseCrypto = {
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  verify: (publicKey, message, signature) => {
    const x = Buffer.from(publicKey).toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, message, key, signature);
  },
};

type Signer = { privateKey: KeyObject; key: string };

function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return { privateKey, key: Buffer.from(x, "base64url").toString("base64") };
}

const [old, next, stranger] = [makeSigner(), makeSigner(), makeSigner()];

const manifest: ReleaseManifest = {
  format: 1,
  product: "agent-and-server",
  version: "1.10.0",
  channel: "stable",
  releasedAt: "2026-11-23T20:00:00Z",
  minimum: { agent: "1.2.0", server: "1.4.0" },
  notes: "Faster.",
  files: [
    { name: "a.mjs", kind: "agent", platform: "any", arch: "any", size: 3, sha256: "a".repeat(64) },
    {
      name: "a-arm",
      kind: "agent-executable",
      platform: "linux",
      arch: "arm64",
      size: 3,
      sha256: "b".repeat(64),
    },
    { name: "s.tgz", kind: "server", platform: "linux", arch: "x64", size: 3, sha256: "c".repeat(64) },
  ],
};

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function signBy(signers: readonly Signer[], bytes: Uint8Array): ReleaseSignatures {
  return signers.map(({ privateKey, key }) => ({
    keyId: releaseKeyId(key, crypto),
    signature: sign(null, signedBytes(bytes), privateKey).toString("base64"),
  }));
}

function open(value: unknown, signers: readonly Signer[], pinned: readonly Signer[]) {
  const bytes = bytesOf(value);
  return openManifest(bytes, signBy(signers, bytes), keysOf(pinned), crypto);
}

const keysOf = (signers: readonly Signer[]) => signers.map(({ key }) => key);

test("opens a manifest that a pinned key signed", () => {
  expect(open(manifest, [old], [old])).toEqual({ manifest, signedBy: old.key });
});

test("refuses one without a signature, one by another key, and one on a machine that pinned none", () => {
  expect(open(manifest, [], [old])).toEqual({ refused: "unsigned" });
  expect(open(manifest, [stranger], [old])).toEqual({ refused: "unknown-key" });
  expect(open(manifest, [old], [])).toEqual({ refused: "unknown-key" });
});

test("refuses a signature of another key under the name of a pinned one, also beside one that holds", () => {
  const bytes = bytesOf(manifest);
  const [forged] = signBy([stranger], bytes).map(({ signature }) => ({
    keyId: releaseKeyId(old.key, crypto),
    signature,
  }));
  const given = forged ? [forged] : [];
  expect(openManifest(bytes, given, [old.key], crypto)).toEqual({ refused: "bad-signature" });
  const both = [...signBy([old], bytes), ...given];
  expect(openManifest(bytes, both, [old.key], crypto)).toEqual({ refused: "bad-signature" });
});

test("refuses a signature over the same bytes that was not made for a release", () => {
  const bytes = bytesOf(manifest);
  const signature = sign(null, bytes, old.privateKey).toString("base64");
  const signatures = [{ keyId: releaseKeyId(old.key, crypto), signature }];
  expect(openManifest(bytes, signatures, [old.key], crypto)).toEqual({ refused: "bad-signature" });
});

test("no byte of a signed manifest can be changed, left out or added", () => {
  const bytes = bytesOf(manifest);
  const signatures = signBy([old], bytes);
  const refused = (given: Uint8Array) =>
    expect(openManifest(given, signatures, [old.key], crypto)).toEqual({ refused: "bad-signature" });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const tampered = bytes.slice();
      tampered[at] = (tampered[at] ?? 0) ^ change;
      refused(tampered);
    }),
    { numRuns: 200 },
  );
  refused(bytes.slice(0, -1));
  refused(new Uint8Array([...bytes, 0x20]));
});

test("what is signed but no manifest is refused", () => {
  const [agent] = manifest.files;
  for (const wrong of [
    { ...manifest, format: 2 },
    { ...manifest, version: "1.10" },
    { ...manifest, version: "01.10.0" },
    { ...manifest, version: "1.10.0-rc1" },
    { ...manifest, files: [] },
    { ...manifest, files: [{ ...agent, name: "../../bbs-agent.mjs" }] },
    { ...manifest, files: [{ ...agent, sha256: "A".repeat(64) }] },
    { ...manifest, files: [agent, { ...agent, sha256: "d".repeat(64) }] },
    { ...manifest, product: "borg" },
    { ...manifest, nextKey: "short" },
    { ...manifest, notes: "n".repeat(MOST_MANIFEST_BYTES) },
    "text",
    null,
  ])
    expect(open(wrong, [old], [old])).toEqual({ refused: "not-a-manifest" });
  const invalid = new Uint8Array([0x22, 0xff, 0x22]);
  expect(openManifest(invalid, signBy([old], invalid), [old.key], crypto)).toEqual({
    refused: "not-a-manifest",
  });
});

test("fields that a later release adds do not keep this one from reading it", () => {
  expect(open({ ...manifest, later: true }, [old], [old])).toEqual({ manifest, signedBy: old.key });
});

test("a machine gets its own file, or is told that there is none", () => {
  const on = (kind: "agent" | "agent-executable" | "server", platform: string, arch: string) =>
    mayInstall(manifest, { kind, floor: "1.9.0", platform, arch });
  expect(on("agent", "freebsd", "riscv64")).toEqual({ file: manifest.files[0] });
  expect(on("agent-executable", "linux", "arm64")).toEqual({ file: manifest.files[1] });
  expect(on("agent-executable", "linux", "x64")).toEqual({ refused: "no-file-for-this-machine" });
  expect(on("agent-executable", "darwin", "arm64")).toEqual({ refused: "no-file-for-this-machine" });
  expect(on("server", "linux", "x64")).toEqual({ file: manifest.files[2] });
});

test("nothing below the floor is installed, however well signed", () => {
  const from = (floor: string) =>
    mayInstall(manifest, { kind: "agent", floor, platform: "linux", arch: "x64" });
  expect(from("1.10.1")).toEqual({ refused: "downgrade" });
  expect(from("2.0.0")).toEqual({ refused: "downgrade" });
  expect(from("1.10.0")).toEqual({ file: manifest.files[0] });
  expect(from("1.9.9")).toEqual({ file: manifest.files[0] });
});

test("what is older than a release's minimum goes there by another first", () => {
  const from = (kind: "agent" | "server", floor: string) =>
    mayInstall(manifest, { kind, floor, platform: "linux", arch: "x64" });
  expect(from("agent", "1.1.9")).toEqual({ refused: "too-old-to-update" });
  expect(from("agent", "1.2.0")).toEqual({ file: manifest.files[0] });
  expect(from("server", "1.3.0")).toEqual({ refused: "too-old-to-update" });
});

test("versions are compared by number, and order is total", () => {
  expect(compareVersions("1.9.0", "1.10.0")).toBeLessThan(0);
  expect(compareVersions("2.0.0", "1.99.99")).toBeGreaterThan(0);
  const part = fc.nat(999);
  const version = fc.tuple(part, part, part).map((parts) => parts.join("."));
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(releaseManifest.shape.version.safeParse(a).success).toBe(true);
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
    }),
  );
});

test("a key changes by the old one's word: named, then used, then the old one is forgotten", () => {
  const naming = { ...manifest, nextKey: next.key };
  expect(open(naming, [next], [old])).toEqual({ refused: "unknown-key" });
  const first = keysAfterInstall([old.key], { manifest: naming, signedBy: old.key });
  expect(first).toEqual([old.key, next.key]);
  expect(keysAfterInstall(first, { manifest: naming, signedBy: old.key })).toEqual(first);

  const signedByBoth = open(naming, [old, next], [old, next]);
  expect(signedByBoth).toEqual({ manifest: naming, signedBy: next.key });
  const last = keysAfterInstall(first, { manifest: naming, signedBy: next.key });
  expect(last).toEqual([next.key]);
  expect(open(manifest, [old], [next])).toEqual({ refused: "unknown-key" });
});

test("a machine that missed the naming release follows by one that both keys signed", () => {
  const naming = { ...manifest, nextKey: next.key };
  expect(open(naming, [old, next], [old])).toEqual({ manifest: naming, signedBy: old.key });
});

test("a next key that was lost before its use is replaced by another", () => {
  const naming = { ...manifest, nextKey: stranger.key };
  expect(keysAfterInstall([old.key, next.key], { manifest: naming, signedBy: old.key })).toEqual([
    old.key,
    stranger.key,
  ]);
});
