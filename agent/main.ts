#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { agentFolder, DEFAULT_FOLDER } from "./agent-folder";
import { readCurrent, startable } from "./launcher/current-version";
import { launch } from "./launcher/launch";
import { programFolderOf } from "./launcher/program-folder";
import { PlainError } from "./plain-error";

/**
 * Entry point of bbs-agent.mjs. `run` is the launcher, which needs little of the rest; every other command is done by the version that is
 * current, because it knows the files that it wrote. Everything the agent makes is for its account only.
 */
process.umask(0o077);
const ownFile = fileURLToPath(import.meta.url);
main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof PlainError ? error.message : error);
    process.exit(error instanceof PlainError ? 1 : 70);
  },
);

async function main(args: string[]): Promise<number> {
  const dir = folderOfRun(args);
  if (dir !== null) return launch(agentFolder(dir), ownFile);
  const newer = await newerProgram();
  if (newer !== null) {
    return spawnSync(process.execPath, [newer, ...args], { stdio: "inherit" }).status ?? 70;
  }
  const { runCommandLine } = await import("./command-line");
  return runCommandLine(args, (text) => console.log(text), ownFile);
}

/** The agent's folder of exactly `run [--dir PATH]`; null: it is another command line. */
function folderOfRun(args: string[]): string | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { dir: { type: "string", default: DEFAULT_FOLDER } },
      allowPositionals: true,
    });
    return positionals.length === 1 && positionals[0] === "run" ? values.dir : null;
  } catch {
    // Another command's option; that command's own parser says what is wrong with it.
    return null;
  }
}

/** The file of the confirmed version, when this one is the entry and another account has not shut us out of the choice. */
async function newerProgram(): Promise<string | null> {
  const program = programFolderOf(ownFile);
  if (program.entry !== ownFile) return null;
  const current = await readCurrent(program).catch(() => null);
  return current?.confirmed ? startable(program, current.name) : null;
}
