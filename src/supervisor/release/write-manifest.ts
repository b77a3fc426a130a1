import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ReleaseFile, releaseManifest } from "~/protocol/release";

/** A file that lies in the release's folder. */
export type BuiltFile = Pick<ReleaseFile, "name" | "kind" | "platform" | "arch" | "libc">;

/** Writes `manifest.json`, with the size and hash of each file as it lies there. Answers its exact bytes: they are what is signed. */
export async function writeManifest(
  folder: string,
  built: readonly BuiltFile[],
  about: {
    version: string;
    channel: string;
    releasedAt: string;
    minimum: { agent: string; server: string };
    notes: string;
    nextKey: string | undefined;
  },
): Promise<{ bytes: Uint8Array; files: ReleaseFile[] }> {
  const files: ReleaseFile[] = [];
  for (const file of built) {
    const path = join(folder, file.name);
    files.push({ ...file, size: (await stat(path)).size, sha256: await hashOf(path) });
  }
  const { nextKey, ...rest } = about;
  const manifest = releaseManifest.parse({
    ...{ format: 1, product: "agent-and-server", ...rest },
    ...(nextKey === undefined ? {} : { nextKey }),
    files,
  });
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(folder, "manifest.json"), bytes);
  return { bytes, files };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
