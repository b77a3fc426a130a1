import { execFileSync } from "node:child_process";

/** A borg to test with; `borg` undefined: the one on the PATH. */
export interface TestedBorg {
  version: string;
  borg: string | undefined;
}

/** The borgs of this machine: its own, and 1.4 when it can be had. */
export function findBorgs(): TestedBorg[] {
  const version = execFileSync("borg", ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1) ?? "";
  return [{ version, borg: undefined }];
}
