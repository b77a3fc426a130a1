import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The wall clock of the programs of ours that are started with `environment`; timers go on by the true one. */
export interface TestClock {
  environment: Record<string, string>;
  /** So many seconds away from the true time, from this moment on. */
  jump(seconds: number): void;
  remove(): void;
}

/** Not libfaketime: what root began and another account goes on with (setpriv) may not open its memory. */
export function testClock(): TestClock {
  const folder = mkdtempSync(join(tmpdir(), "bbs-clock-"));
  chmodSync(folder, 0o755);
  const loaded = join(folder, "jumping-date.mjs");
  copyFileSync(fileURLToPath(new URL("jumping-date.mjs", import.meta.url)), loaded);
  const file = join(folder, "offset");
  const jump = (seconds: number) => {
    writeFileSync(`${file}.new`, String(seconds), { mode: 0o644 });
    renameSync(`${file}.new`, file);
  };
  jump(0);
  return {
    environment: { NODE_OPTIONS: `--import=${loaded}` },
    jump,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
