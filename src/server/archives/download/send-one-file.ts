import { MOST_PREVIEW_BYTES } from "~/domain/download";
import { Refusal } from "~/domain/refusal";
import type { Outlet } from "./open-outlet";
import type { TarEntry } from "./read-tar";

/** What went out. */
export interface Sent {
  files: number;
  /** Of the files themselves, unpacked. */
  bytes: number;
}

/**
 * One file as it is, with its size told before. Refuses archive-missing when there is nothing of that path, invalid-input for what is no
 * file and for a preview of one that is too large.
 */
export async function sendOneFile(
  entries: AsyncIterable<TarEntry>,
  outlet: Outlet,
  { preview }: { preview: boolean },
): Promise<Sent> {
  let sent: Sent | null = null;
  for await (const entry of entries) {
    if (sent || entry.type !== "file") throw notOneFile(entry);
    if (preview && entry.bytes > MOST_PREVIEW_BYTES) {
      throw new Refusal("invalid-input", { say: "It is larger than 10 MiB, too large to look at here." });
    }
    await outlet.begin(entry.bytes);
    for await (const piece of entry.data) await outlet.send(piece);
    sent = { files: 1, bytes: entry.bytes };
  }
  if (!sent) throw new Refusal("archive-missing", { say: "The archive has no such file." });
  return sent;
}

function notOneFile({ type }: TarEntry): Refusal {
  const what = {
    ...{ file: "more than one file", directory: "a folder", symlink: "a symbolic link", link: "a link" },
    ...{ device: "a device", fifo: "a pipe" },
  }[type];
  return new Refusal("invalid-input", { say: `It is ${what}: take it in a zip or a tar.` });
}
