import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./borg-1.4.mjs", import.meta.url));

/** A borg to test with; `borg` undefined: the one on the PATH. */
export interface TestedBorg {
  version: string;
  borg: string | undefined;
}

/**
 * The borgs of this machine: its own, and 1.4 from bookworm-backports, unpacked on first use into BBS_TEST_BORG14 or a folder below
 * /var/cache. Where that cannot be had the reason is printed and the tests run on one borg.
 */
export function findBorgs(): TestedBorg[] {
  const own = { version: versionOf("borg"), borg: undefined };
  const unpacked = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (unpacked.status !== 0) {
    console.warn(unpacked.stdout.trim() || unpacked.stderr.trim());
    return [own];
  }
  const borg = unpacked.stdout.trim().replace(/^.*: (\/.*)$/, "$1");
  return [own, { version: versionOf(borg), borg }];
}

function versionOf(borg: string): string {
  return execFileSync(borg, ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "";
}
