import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UpdateAgentOrder } from "~/protocol/agent-update";
import { type ReleaseManifest, signedBytes } from "~/protocol/release";
import { type AgentBuild, buildAgent } from "./agent-builds";

/** Whoever makes releases: a key that no server holds. */
export interface ReleaseMaker {
  /** Raw public key in base64. */
  key: string;
  sign(manifest: Buffer): UpdateAgentOrder["signatures"][number];
  /** A signature over these very bytes, as if made for something else. */
  signBare(bytes: Buffer): UpdateAgentOrder["signatures"][number];
}

export function releaseMaker(): ReleaseMaker {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const signBare = (bytes: Uint8Array) => ({
    keyId: createHash("sha256").update(raw).digest("hex").slice(0, 16),
    signature: sign(null, bytes, privateKey).toString("base64"),
  });
  return { key: raw.toString("base64"), signBare, sign: (manifest) => signBare(signedBytes(manifest)) };
}

/** A signed release of the agent alone. */
export interface AgentRelease {
  version: string;
  file: Buffer;
  sha256: string;
  manifest: Buffer;
  signatures: UpdateAgentOrder["signatures"];
}

export function makeRelease(
  maker: ReleaseMaker,
  version: string,
  file: Buffer,
  change: Partial<ReleaseManifest> = {},
): AgentRelease {
  const sha256 = createHash("sha256").update(file).digest("hex");
  const described: ReleaseManifest = {
    format: 1,
    product: "agent-and-server",
    version,
    channel: "stable",
    releasedAt: "2026-11-23T12:00:00.000Z",
    minimum: { agent: "0.1.0", server: "0.1.0" },
    notes: "",
    files: [
      { name: "bbs-agent.mjs", kind: "agent", platform: "any", arch: "any", size: file.length, sha256 },
    ],
    ...change,
  };
  const manifest = Buffer.from(JSON.stringify(described));
  return { version, file, sha256, manifest, signatures: [maker.sign(manifest)] };
}

export function updateOrder(jobId: string, release: AgentRelease): UpdateAgentOrder {
  const { manifest, signatures, sha256 } = release;
  return {
    kind: "update-agent",
    jobId,
    lease: 1,
    manifest: manifest.toString("base64"),
    signatures,
    fileSha256: sha256,
  };
}

/** The bytes of an agent that differs from the tree's. */
export async function agentBytes(build: AgentBuild): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-agent-build-"));
  try {
    await buildAgent(join(folder, "bbs-agent.mjs"), build);
    return readFileSync(join(folder, "bbs-agent.mjs"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
