/** A mebibyte: what the server takes at once. */
const CHUNK_BYTES = 1024 * 1024;

/** The procedures by which a release is sent. */
export interface ReleaseReceiver {
  addRelease(input: {
    manifest: string;
    signatures: string;
  }): Promise<{ version: string; missing: { name: string; sha256: string; size: number }[] }>;
  storeChunk(input: {
    sha256: string;
    position: number;
    bytes: string;
  }): Promise<{ chunks: number; stored: boolean }>;
}

/**
 * Sends the files of a release, as they were picked, one mebibyte after another; what the server has already is not sent again, so it can go on
 * after a break. `onProgress`: of all bytes, between 0 and 1. Answers the names of files that were not among those picked. Throws a sentence where
 * manifest or signature are missing, and what the server refuses.
 */
export async function sendRelease(
  files: readonly File[],
  receiver: ReleaseReceiver,
  onProgress: (share: number) => void,
): Promise<{ version: string; absent: string[] }> {
  const named = (name: string) => files.find((file) => file.name === name);
  const [manifest, signatures] = [named("manifest.json"), named("manifest.sig")];
  if (!manifest || !signatures)
    throw new Error("Pick manifest.json and manifest.sig as well: they say what the files are.");
  const { version, missing } = await receiver.addRelease({
    manifest: await asBase64(manifest),
    signatures: await asBase64(signatures),
  });
  const wanted = missing.flatMap(({ name, sha256 }) => {
    const file = named(name);
    return file ? [{ file, sha256 }] : [];
  });
  const total = wanted.reduce((sum, { file }) => sum + file.size, 0);
  let sent = 0;
  for (const { file, sha256 } of wanted) {
    let soFar = { chunks: 0, stored: false };
    while (!soFar.stored) {
      const start = soFar.chunks * CHUNK_BYTES;
      const bytes = await asBase64(file.slice(start, start + CHUNK_BYTES));
      soFar = await receiver.storeChunk({ sha256, position: soFar.chunks, bytes });
      onProgress((sent + Math.min(file.size, soFar.chunks * CHUNK_BYTES)) / total);
    }
    sent += file.size;
  }
  return { version, absent: missing.filter(({ name }) => !named(name)).map(({ name }) => name) };
}

async function asBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // In pieces: a call takes no million arguments.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
