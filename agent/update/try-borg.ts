import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { problemOf } from "~/borg/messages";
import { runBorg } from "~/borg/run";
import type { AgentFolder } from "../agent-folder";
import { AgentProblem } from "../agent-problem";
import { usableBorg } from "../borg-program";
import type { Finding } from "../commands/doctor";
import { namesIn } from "../durable-file";
import { readPolicy } from "../policy";

/** Folders that a try which was killed left in the agent's state begin so. */
const SCRATCH = "try-";
const LIMIT_SECONDS = 60;
const FILES = 3;
const FILE_BYTES = 64 * 1024;

/** A scratch repository, a backup into it, and the restore of that, compared byte by byte: with the machine's borg and this agent's own calls. */
export async function tryBorg(folder: AgentFolder): Promise<Finding> {
  const { policy } = await readPolicy(folder);
  await clearTries(folder);
  await mkdir(folder.state, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(folder.state, SCRATCH));
  try {
    const borg = await usableBorg(policy);
    const differing = await backUpAndRestore(borg.path, scratch);
    if (differing !== null) return { check: "borg run", state: "failed", say: differing };
    return { check: "borg run", state: "ok", say: `made, extracted and compared ${FILES} files` };
  } catch (error) {
    // A proof names whatever stands in its way, our own bug as well.
    const say =
      error instanceof AgentProblem ? error.say : `${error instanceof Error ? error.message : error}`;
    return { check: "borg run", state: "failed", say };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export async function clearTries(folder: AgentFolder): Promise<void> {
  for (const name of await namesIn(folder.state)) {
    if (name.startsWith(SCRATCH)) await rm(join(folder.state, name), { recursive: true, force: true });
  }
}

/** Null when what came back is what went in, else what is wrong. */
async function backUpAndRestore(borg: string, scratch: string): Promise<string | null> {
  const [source, back, repository] = ["source", "back", "repository"].map((name) => join(scratch, name));
  if (!source || !back || !repository) throw new TypeError("three names");
  await mkdir(source);
  await mkdir(back);
  const names = Array.from({ length: FILES }, (_, i) => `file-${i}`);
  for (const name of names) await writeFile(join(source, name), randomBytes(FILE_BYTES));
  const passphrase = randomBytes(16).toString("hex");
  const run = async (args: string[], cwd: string): Promise<string | null> => {
    const end = await runBorg({
      command: borg,
      args,
      cwd,
      env: { BORG_BASE_DIR: join(scratch, "borg") },
      passphrase,
      limitSeconds: LIMIT_SECONDS,
    });
    const problem = problemOf(end);
    return problem === null ? null : `borg ${args[0]}: ${problem.say}`;
  };
  const trouble =
    (await run(["init", "--encryption=repokey-blake2", "--", repository], scratch)) ??
    (await run(["create", "--", `${repository}::try`, ...names], source)) ??
    (await run(["extract", "--", `${repository}::try`], back));
  if (trouble !== null) return trouble;
  for (const name of names) {
    const [was, is] = await Promise.all(
      [source, back].map((folder) => readFile(join(folder, name)).catch(() => null)),
    );
    if (!was || !is?.equals(was)) return `${name} came back different from what went in`;
  }
  return null;
}
