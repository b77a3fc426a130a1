import { createHash, createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import {
  compareVersions,
  type ReleaseCrypto,
  releaseKey,
  releaseKeyId,
  releaseVersion,
} from "~/protocol/release";
import type { AgentFolder } from "../agent-folder";
import { readIfThere, writeDurably } from "../durable-file";
import { agentVersion } from "../machine";
import { parseJson } from "../parse-json";
import { PlainError } from "../plain-error";

/**
 * What this machine goes by when it is offered a release: the public keys that may sign one, oldest first, and the highest version that it
 * ever found good. Written by a person on the machine (enroll, trust-release-key) and by installed releases; never by the server's word.
 */
const trust = z.object({ keys: z.array(releaseKey).max(8), floor: releaseVersion });
export type ReleaseTrust = z.infer<typeof trust>;

/** Without a file, or with one that cannot be read, no key is trusted. The floor is never below the version that runs. */
export async function readTrust(folder: AgentFolder): Promise<ReleaseTrust> {
  const parsed = trust.safeParse(parseJson((await readIfThere(folder.release)) ?? ""));
  if (!parsed.success) return { keys: [], floor: agentVersion };
  return { keys: parsed.data.keys, floor: higherOf(parsed.data.floor, agentVersion) };
}

export async function writeTrust(folder: AgentFolder, { keys, floor }: ReleaseTrust): Promise<void> {
  await writeDurably(
    folder.release,
    `${JSON.stringify({ keys, floor: higherOf(floor, agentVersion) }, null, 2)}\n`,
  );
}

/** A release key as the console or a person gives it. Refuses what is none. */
export function demandReleaseKey(text: string): string {
  const parsed = releaseKey.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  throw new PlainError("That is no release key: it is 32 bytes in base64, 44 characters that end with =.");
}

/** How a key is named to people. */
export function keyName(key: string): string {
  return releaseKeyId(key, releaseCrypto);
}

export const releaseCrypto: ReleaseCrypto = {
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
  verify: (publicKey, message, signature) => {
    try {
      const x = Buffer.from(publicKey).toString("base64url");
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
      return verify(null, message, key, signature);
    } catch {
      // No key, or no signature: it does not hold.
      return false;
    }
  },
};

function higherOf(a: string, b: string): string {
  return compareVersions(a, b) > 0 ? a : b;
}
