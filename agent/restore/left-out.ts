import { type FileHandle, open } from "node:fs/promises";

/** Bytes of names that no line of a file can carry and that go onto borg's command line instead; what is more is restored once more. */
const MOST_ODD_BYTES = 200_000;
/** Lines are written in pieces of about so many characters. */
const PIECE = 256 * 1024;

export interface LeftOut {
  files: number;
  bytes: number;
  /** Words for borg's command line, before its location. Bytes. */
  words: Buffer[];
}

/**
 * What borg shall not extract of a part, gathered while its items go by: a file of patterns (borg looks them up in a table, so a million cost
 * nothing), and words for its command line for names with bytes that such a file cannot hold. Paths are binary strings.
 */
export async function leftOutItems(path: string) {
  const file: FileHandle = await open(path, "w", 0o600);
  const odd = new Map<string, Buffer>();
  let [text, oddBytes, files, bytes] = ["", 0, 0, 0];
  let writing: Promise<unknown> = Promise.resolve();
  const say = (line: string) => {
    text += line;
    if (text.length > PIECE) flush();
  };
  const flush = () => {
    const piece = text;
    text = "";
    writing = writing.then(() => file.write(piece));
    // Told by `close`, which every caller waits for.
    writing.catch(() => undefined);
  };

  return {
    add(item: { path: string; size: number }) {
      const plain = asLine(item.path);
      if (plain !== null) say(`- pf:${plain}\n`);
      else {
        const name = Buffer.from(item.path, "latin1");
        if (oddBytes + name.length > MOST_ODD_BYTES) return;
        oddBytes += name.length;
        odd.set(item.path, name);
      }
      files++;
      bytes += item.size;
    },
    /** Extract it after all. */
    takeBack(item: { path: string; size: number }) {
      const plain = asLine(item.path);
      if (plain !== null) say(`+ pf:${plain}\n`);
      else if (!odd.delete(item.path)) return;
      files--;
      bytes -= item.size;
    },
    async close(): Promise<LeftOut> {
      flush();
      try {
        await writing;
      } finally {
        await file.close();
      }
      const words = [...odd.values()].flatMap((name) => [
        Buffer.from("--exclude"),
        Buffer.concat([Buffer.from("pf:"), name]),
      ]);
      return { files, bytes, words: [Buffer.from("--patterns-from"), Buffer.from(path), ...words] };
    },
  };
}

/** A path as a line of a pattern file; null when it cannot be one: borg reads them as UTF-8 and strips white space at their ends. */
function asLine(path: string): string | null {
  const bytes = Buffer.from(path, "latin1");
  const text = bytes.toString("utf8");
  const isPlain = Buffer.from(text, "utf8").equals(bytes) && !/[\r\n]|[\s\p{Cc}]$/u.test(text);
  return isPlain ? text : null;
}
