import { z } from "zod";

/**
 * What a release is and when one may be trusted. A release is `manifest.json`, `manifest.sig` and the files that the manifest names.
 * The exact bytes of the manifest are signed, by a key that no server holds; the manifest vouches for its files by size and SHA-256.
 * Agents, the server and whoever makes a release go by these lines alone. Nothing is read out of a manifest before its signature holds.
 */

/** Most bytes of a manifest: it is held in memory and travels inside an order. */
export const MOST_MANIFEST_BYTES = 256 * 1024;
/** Bound into every signature, so that none made for something else is one of a release. */
const SIGNED_AS = "bbs-release-1\0";

/** Plain `x.y.z`: there is one way to write a version, and one order. */
export const releaseVersion = z.string().regex(/^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/);
/** Raw Ed25519 public key: 32 bytes in base64. */
export const releaseKey = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const RELEASE_FILE_KINDS = ["agent", "agent-executable", "server", "borg"] as const;

export const releaseFile = z.object({
  /** A plain name, never a path. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  kind: z.enum(RELEASE_FILE_KINDS),
  /** node's `process.platform`; `any`: it runs wherever its runtime does. */
  platform: z.enum(["any", "linux", "darwin", "win32"]),
  /** node's `process.arch`. */
  arch: z.enum(["any", "x64", "arm64"]),
  /** The oldest C library it runs on, such as `glibc-2.28`. */
  libc: z.string().max(40).optional(),
  size: z
    .number()
    .int()
    .positive()
    .max(2 * 1024 ** 3),
  sha256,
  /** Of a file of kind `borg`: the version it says of itself. */
  borgVersion: z.string().max(40).optional(),
});
export type ReleaseFile = z.infer<typeof releaseFile>;

export const releaseManifest = z
  .object({
    format: z.literal(1),
    product: z.enum(["agent-and-server", "borg"]),
    version: releaseVersion,
    channel: z.enum(["stable", "beta"]),
    releasedAt: z.iso.datetime(),
    /** The oldest agent and server that may go to this release in one step. */
    minimum: z.object({ agent: releaseVersion, server: releaseVersion }),
    /** What is new, for people. */
    notes: z.string().max(20_000),
    /** The key of later releases. Trusted by whoever has installed this one (see keysAfterInstall). */
    nextKey: releaseKey.optional(),
    files: z.array(releaseFile).min(1).max(64),
  })
  .refine(({ product, files }) => files.every((file) => (file.kind === "borg") === (product === "borg")), {
    error: "A borg release holds borg binaries, any other holds none.",
  })
  .refine(({ files }) => new Set(files.map((file) => file.name)).size === files.length, {
    error: "Two files have one name.",
  });
export type ReleaseManifest = z.infer<typeof releaseManifest>;

/** What `manifest.sig` holds. More than one while a key is being changed, so that machines with either can update. */
export const releaseSignatures = z
  .array(
    z.object({
      /** First 16 hex digits of SHA-256 over the raw public key. */
      keyId: z.string().regex(/^[0-9a-f]{16}$/),
      /** Ed25519: 64 bytes in base64. */
      signature: z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/),
    }),
  )
  .max(8);
export type ReleaseSignatures = z.infer<typeof releaseSignatures>;

/** The two primitives that a rule must not import: node:crypto at every caller. */
export interface ReleaseCrypto {
  /** Lower-case hex. */
  sha256(bytes: Uint8Array): string;
  /** Ed25519 (RFC 8032). False for whatever does not hold, also where a key or signature is none; never throws. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const RELEASE_REFUSALS = [
  "unsigned",
  "unknown-key",
  "bad-signature",
  "not-a-manifest",
  "downgrade",
  "no-file-for-this-machine",
  "too-old-to-update",
] as const;
export type ReleaseRefusal = (typeof RELEASE_REFUSALS)[number];

/** A manifest that one of the pinned keys signed; `signedBy` is that key, the newest of them if several did. */
export type OpenedRelease = { manifest: ReleaseManifest; signedBy: string };

/**
 * Reads a manifest that a pinned key has signed. `pinnedKeys` are in base64, the oldest first; without any, everything is `unknown-key`.
 * A signature that claims a pinned key and does not hold is `bad-signature`, even beside one that holds.
 */
export function openManifest(
  bytes: Uint8Array,
  signatures: ReleaseSignatures,
  pinnedKeys: readonly string[],
  crypto: ReleaseCrypto,
): OpenedRelease | { refused: ReleaseRefusal } {
  if (signatures.length === 0) return { refused: "unsigned" };
  if (bytes.length > MOST_MANIFEST_BYTES) return { refused: "not-a-manifest" };
  const message = signedBytes(bytes);
  let signedBy: string | null = null;
  for (const key of pinnedKeys) {
    const keyId = releaseKeyId(key, crypto);
    for (const one of signatures.filter((signature) => signature.keyId === keyId)) {
      if (!crypto.verify(fromBase64(key), message, fromBase64(one.signature)))
        return { refused: "bad-signature" };
      signedBy = key;
    }
  }
  if (signedBy === null) return { refused: "unknown-key" };
  const manifest = readManifest(bytes);
  return manifest ? { manifest, signedBy } : { refused: "not-a-manifest" };
}

/** The machine that would install something, and what it has seen. */
export type InstallRequest = {
  kind: "agent" | "agent-executable" | "server";
  /** The highest version that this machine ever found good: nothing older is installed, whoever signed it (no downgrade attack). */
  floor: string;
  /** node's `process.platform` and `process.arch`. */
  platform: string;
  arch: string;
};

/** The file of a release that this machine may install, or why none. The version at the floor itself may be installed again. */
export function mayInstall(
  manifest: ReleaseManifest,
  machine: InstallRequest,
): { file: ReleaseFile } | { refused: ReleaseRefusal } {
  const file = manifest.files.find(
    ({ kind, platform, arch }) =>
      kind === machine.kind &&
      (platform === "any" || platform === machine.platform) &&
      (arch === "any" || arch === machine.arch),
  );
  if (!file) return { refused: "no-file-for-this-machine" };
  if (compareVersions(manifest.version, machine.floor) < 0) return { refused: "downgrade" };
  const minimum = machine.kind === "server" ? manifest.minimum.server : manifest.minimum.agent;
  if (compareVersions(machine.floor, minimum) < 0) return { refused: "too-old-to-update" };
  return { file };
}

/**
 * The keys to pin, oldest first, once a release was installed and found good. A key named by it joins; one that it was not signed by and
 * that is older than its signer goes. So a new key is believed only on the word of the old one, and the old one ends with the first
 * release that the new one signed. A later `nextKey` of the same signer replaces an earlier one (the new key was lost before its use).
 */
export function keysAfterInstall(
  pinnedKeys: readonly string[],
  { manifest, signedBy }: OpenedRelease,
): string[] {
  const kept = pinnedKeys.slice(pinnedKeys.indexOf(signedBy));
  const { nextKey } = manifest;
  return nextKey === undefined || kept.includes(nextKey) ? kept : [signedBy, nextKey];
}

/** Negative, zero or positive, by number: 1.10.0 comes after 1.9.0. Both are plain `x.y.z`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (const at of [0, 1, 2]) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function releaseKeyId(publicKey: string, crypto: ReleaseCrypto): string {
  return crypto.sha256(fromBase64(publicKey)).slice(0, 16);
}

/** What a signature is made over: the purpose, then the manifest's bytes as they are. */
export function signedBytes(manifest: Uint8Array): Uint8Array {
  const purpose = new TextEncoder().encode(SIGNED_AS);
  const whole = new Uint8Array(purpose.length + manifest.length);
  whole.set(purpose);
  whole.set(manifest, purpose.length);
  return whole;
}

function readManifest(bytes: Uint8Array): ReleaseManifest | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return releaseManifest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
