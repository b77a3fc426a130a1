import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";

/** As in server-home.ts: passable by every account, writable by root only. */
const SERVERS = "/var/cache/bbs-tests/servers";
const TEMPORARY = `${SERVERS}/tmp`;

/** What the suites side by side keep at most, with as much again for the programs they start. */
const LEAST_BYTES = 12 * 2 ** 30;

/**
 * Words before a command, so that it and all its children have their temporary files and servers in memory: on a busy disk a new database
 * takes half a second, in memory 40 ms. The mount stands in a namespace of the command's own and is gone when it ends, however it ends.
 * Where that cannot be had (no root, little memory, no namespaces), nothing: the command runs on the disk.
 */
export function inMemory() {
  if (process.getuid?.() !== 0 || availableMemory() < LEAST_BYTES) return [];
  mkdirSync(SERVERS, { recursive: true });
  // One file system for both, as on a disk.
  const mounts = [
    `mount -t tmpfs -o mode=0755 servers ${SERVERS}`,
    `mkdir -m 1777 ${TEMPORARY}`,
    `export TMPDIR=${TEMPORARY}`,
  ];
  const words = ["unshare", "--mount", "sh", "-c", `${mounts.join(" && ")} && exec "$0" "$@"`];
  return spawnSync(words[0], [...words.slice(1), "true"], { stdio: "ignore" }).status === 0 ? words : [];
}

/** Bytes that programs may take without swapping, as the kernel estimates them. */
function availableMemory() {
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
  return found ? Number(found[1]) * 1024 : 0;
}
