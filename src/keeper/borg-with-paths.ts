import type { BorgEnd } from "~/borg/run";
import { KeeperRefuses } from "./refusal";

/** Most bytes of paths that one borg is given: all of them fit on one command line. */
const MOST_PATH_BYTES = 300_000;

const EXIT_CODE = /^bbs-borg-exit (\d+)$/;

/** Paths of an archive as `xargs -0` reads them, each as borg's prefix pattern: a dash or a wildcard in a name means itself. */
export function pathsForXargs(encoded: readonly string[]): Buffer {
  const paths = encoded.map((text) => {
    const path = Buffer.from(text, "base64");
    if (path.length === 0 || path.includes(0))
      throw new KeeperRefuses("bad-request", "That is no path of an archive.");
    return Buffer.concat([Buffer.from("pp:"), path, Buffer.from([0])]);
  });
  const input = Buffer.concat(paths);
  if (input.length > MOST_PATH_BYTES)
    throw new KeeperRefuses("bad-request", "These are too many paths at once. Take their folder.");
  return input;
}

/** A command with paths behind it: node's own arguments are text, xargs passes bytes. A shell tells borg's exit code, which xargs hides. */
export function throughXargs(command: readonly string[]): [string, ...string[]] {
  const tellCode = '"$@"; echo "bbs-borg-exit $?" >&2';
  return ["xargs", "-0", "-x", "-s", "600000", "/bin/sh", "-c", tellCode, "sh", ...command];
}

/** How borg ended behind {@link throughXargs}. Without its word it failed: xargs' own codes mean other things. */
export function endBehindXargs(end: BorgEnd): BorgEnd {
  const told = end.log.flatMap((line) => {
    const code = line.type === "text" ? EXIT_CODE.exec(line.message)?.[1] : undefined;
    return code === undefined ? [] : [Number(code)];
  });
  const log = end.log.filter((line) => !(line.type === "text" && EXIT_CODE.test(line.message)));
  return { ...end, log, exitCode: told.length === 1 ? (told[0] ?? 2) : 2 };
}
