import type { TarMember, TarSink } from "~/borg/tar-reader";
import { MOST_PREVIEW_BYTES } from "~/domain/download";
import { Refusal } from "~/domain/refusal";
import type { Outlet } from "./open-outlet";

/** What went out. */
export interface Sent {
  files: number;
  /** Of the files themselves, unpacked. */
  bytes: number;
}

/**
 * One file as it is, with its size told before. Refuses invalid-input for what is no file and for a preview of one that is too large; `sent`
 * refuses archive-missing when there was nothing of that path.
 */
export function oneFileSink(
  outlet: Outlet,
  { preview }: { preview: boolean },
): TarSink & { sent: () => Sent } {
  let file: TarMember | null = null;
  return {
    async begin(member) {
      if (file || member.type !== "file") throw notOneFile(file ? "more than one file" : NAMES[member.type]);
      file = member;
      if (preview && member.bytes > MOST_PREVIEW_BYTES) {
        throw new Refusal("invalid-input", { say: "It is larger than 10 MiB, too large to look at here." });
      }
      await outlet.begin(member.bytes);
    },
    data: (piece) => outlet.send(piece),
    end() {},
    sent() {
      if (!file) throw new Refusal("archive-missing", { say: "The archive has no such file." });
      return { files: 1, bytes: file.bytes };
    },
  };
}

const NAMES: Record<TarMember["type"], string> = {
  ...{ file: "a file", directory: "a folder", symlink: "a symbolic link", link: "a link" },
  ...{ device: "a device", fifo: "a pipe" },
};

function notOneFile(what: string): Refusal {
  return new Refusal("invalid-input", { say: `It is ${what}: take it in a zip or a tar.` });
}
