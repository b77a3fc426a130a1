import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type ReleaseManifest, type ReleaseSignatures, signedBytes } from "~/protocol/release";
import type { Ctx } from "~/server/context";
import { readSetting } from "~/server/settings/read-setting";
import { saveSetting } from "~/server/settings/save-setting";
import type { GivenRelease } from "~/server/updates/take-in-release";

/** Whoever makes releases; `key` is what others pin. */
export interface ReleaseSigner {
  key: string;
  privateKey: KeyObject;
}

export function releaseSigner(): ReleaseSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return { privateKey, key: Buffer.from(x, "base64url").toString("base64") };
}

/** A release with files, as it would lie in a folder. */
export interface SignedRelease extends GivenRelease {
  files: { name: string; sha256: string; bytes: Buffer }[];
}

/** A release of an agent (and whatever else `files` names), signed by all of `signers`. */
export function signedRelease(
  signers: readonly ReleaseSigner[],
  {
    files = { "bbs-agent.mjs": Buffer.from("console.log('agent')\n") },
    ...change
  }: Partial<Omit<ReleaseManifest, "files">> & { files?: Record<string, Buffer> } = {},
): SignedRelease {
  const held = Object.entries(files).map(([name, bytes]) => ({
    ...{ name, bytes },
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }));
  const manifest = bytesOf({
    ...{ format: 1, product: "agent-and-server", version: "1.2.0", channel: "stable" },
    ...{ releasedAt: "2026-11-20T00:00:00Z", minimum: { agent: "0.1.0", server: "0.1.0" }, notes: "Faster." },
    ...change,
    files: held.map(({ name, bytes, sha256 }) => ({
      ...{ name, sha256, size: bytes.length, platform: "any", arch: "any" },
      kind: name.startsWith("bbs-server") ? "server" : "agent",
    })),
  });
  return { manifest, signatures: bytesOf(signBy(signers, manifest)), files: held };
}

export function signBy(signers: readonly ReleaseSigner[], manifest: Uint8Array): ReleaseSignatures {
  return signers.map(({ privateKey, key }) => ({
    keyId: createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 16),
    signature: sign(null, signedBytes(manifest), privateKey).toString("base64"),
  }));
}

export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The first file of a release. */
export function firstFile({ files }: SignedRelease): SignedRelease["files"][number] {
  const [first] = files;
  if (!first) throw new Error("a release has files");
  return first;
}

/** Lets this server believe the signers, the newest last, and sets what else is given. */
export async function trust(
  ctx: Ctx,
  signers: readonly ReleaseSigner[],
  other: { feedUrl?: string; beta?: boolean } = {},
): Promise<void> {
  const before = await readSetting(ctx, "updates");
  const value = { ...before, ...other, releaseKeys: signers.map(({ key }) => key) };
  await saveSetting(ctx, { name: "updates", value });
}
