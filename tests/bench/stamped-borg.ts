import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface StampedBorg {
  /** For the machine's policy: writes the time, then becomes the real borg. */
  program: string;
  /** When each `borg create` began, oldest first; milliseconds since 1970. */
  starts(): number[];
}

export function makeStampedBorg(folder: string): StampedBorg {
  const program = join(folder, "borg");
  const stamps = join(folder, "starts");
  writeFileSync(program, `#!/bin/sh\n[ "$1" = create ] && date +%s%N >> '${stamps}'\nexec borg "$@"\n`);
  chmodSync(program, 0o755);
  return {
    program,
    starts: () =>
      existsSync(stamps)
        ? readFileSync(stamps, "utf8")
            .trim()
            .split("\n")
            .map((nanoseconds) => Number(nanoseconds) / 1e6)
        : [],
  };
}
