import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A file system of its own that can be filled in a moment. */
export interface SmallDisk {
  folder: string;
  /** Not a byte is left. */
  fill(): void;
  /** As much room as before. Twice is once. */
  free(): void;
  remove(): void;
}

/** The server itself and its database take about half of it. */
const MEGABYTES = 1500;

/** Makes and mounts it at `folder`. Needs root and loop devices. */
export function smallDisk(folder: string): SmallDisk {
  const image = `${folder}.image`;
  const filler = join(folder, "filler");
  mkdirSync(folder, { mode: 0o755 });
  execFileSync("truncate", ["-s", `${MEGABYTES}M`, image]);
  // Without a share for root: PostgreSQL, keeper and clients meet the same end of the disk.
  execFileSync("mkfs.ext4", ["-q", "-m", "0", image]);
  execFileSync("mount", ["-o", "loop", image, folder]);
  chmodSync(folder, 0o755);
  return {
    folder,
    fill: () => {
      const free = () =>
        Number(execFileSync("stat", ["-f", "-c", "%a", folder], { encoding: "utf8" })) * 4096;
      execFileSync("fallocate", ["-l", String(Math.max(4096, free() - 1_000_000)), filler]);
      // What is left of it, block by block: fallocate takes all or nothing.
      const rest = ["if=/dev/zero", `of=${filler}.rest`, "bs=4k"];
      execFileSync("sh", ["-c", 'dd "$@" || true', "sh", ...rest], { stdio: "ignore" });
    },
    free: () => {
      for (const path of [filler, `${filler}.rest`]) rmSync(path, { force: true });
    },
    remove: () => {
      execFileSync("umount", ["-l", folder]);
      rmSync(image, { force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
