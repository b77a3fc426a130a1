import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bareEnvironment, type Ended, runProgram } from "~tests/support/run-program";

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const DEBIAN = "/usr/lib/python3/dist-packages";

/** Runs one of our Python programs with the modules of that borg (Debian's, or the one that was unpacked beside it). */
export function runWithBorgModules(
  borg: string,
  program: "hostile.py" | { file: string },
  words: readonly string[],
  env: Record<string, string>,
  as: { uid?: number; gid?: number } = {},
): Promise<Ended> {
  return runProgram(
    "/usr/bin/python3",
    [typeof program === "string" ? script(program) : program.file, ...words],
    {
      env: { PYTHONPATH: modulesOf(borg), PYTHONDONTWRITEBYTECODE: "1", TZ: "UTC", ...env },
      timeoutMs: 110_000,
      ...as,
    },
  );
}

/** Starts one that answers line by line. */
export function startWithBorgModules(borg: string, program: "judge.py"): ChildProcessWithoutNullStreams {
  return spawn("/usr/bin/python3", [script(program)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: bareEnvironment({ PYTHONPATH: modulesOf(borg), PYTHONDONTWRITEBYTECODE: "1", TZ: "UTC" }),
  });
}

/** The unpacked borg is a shell line that names its modules. */
function modulesOf(borg: string): string {
  if (borg === "borg" || borg === "/usr/bin/borg") return DEBIAN;
  return /PYTHONPATH=(\S+)/.exec(readFileSync(borg, "utf8"))?.[1] ?? DEBIAN;
}

/** Puts shell-tricks.py into a folder that the accounts of repositories may pass through. */
export function shareShellTricks(folder: string): string {
  const file = join(folder, "shell-tricks.py");
  copyFileSync(script("shell-tricks.py"), file);
  chmodSync(file, 0o644);
  return file;
}
