import type { TarMember } from "~/borg/tar-reader";
import { showPath } from "~/domain/archive-path";

/** Lines of the list; what comes then is only counted. */
const MOST_LINES = 10_000;

const WHY: Record<TarMember["type"], string> = {
  file: "a file",
  link: "a further name of a file that is here",
  symlink: "a symbolic link",
  directory: "a folder",
  device: "a device",
  fifo: "a pipe",
};

/** What a zip does not hold, as a text for the person who unpacks it. */
export function leftOutList() {
  const lines: string[] = [];
  let count = 0;
  const shown = (path: Buffer) => showPath(path.toString("base64"));
  return {
    add(entry: Pick<TarMember, "path" | "type" | "linkTarget">, why = WHY[entry.type]) {
      count++;
      if (lines.length >= MOST_LINES) return;
      const target = entry.linkTarget ? ` -> ${shown(entry.linkTarget)}` : "";
      lines.push(`${shown(entry.path)}${target} (${why})`);
    },
    count: () => count,
    text(): Buffer {
      const more = count > lines.length ? [`and ${count - lines.length} more`] : [];
      const head = [
        "A zip cannot hold these safely, so they were left out. A tar.zst of the same selection has them.",
        "",
      ];
      return Buffer.from(`${[...head, ...lines, ...more].join("\r\n")}\r\n`);
    },
  };
}
