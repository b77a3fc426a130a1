import type { AgentFolder } from "../agent-folder";
import { pause } from "../backoff";
import { type CurrentVersion, readCurrent, startable, writeCurrent } from "./current-version";
import { type FallenBack, fallBack } from "./fall-back";
import { LIMITS } from "./limits";
import { type ProgramFolder, programFolderOf } from "./program-folder";
import { type ServeEnd, watchServe } from "./watch-serve";

/** With this code `serve` asks for the version that it has just made current. */
export const SWITCH_EXIT_CODE = 75;
/** With these it says that a person has to do something first; whoever runs the service decides when to try again. */
const FOR_A_PERSON = [0, 1, 2];

/**
 * What the service runs: `serve` of the current version, started again when it ends. A version that is not confirmed yet gets a limited time,
 * memory and number of starts; if it does not hold them, the one before runs again. It knows nothing of the network and changes nothing but
 * the choice of version. Answers the exit code once a signal has asked it to stop, or `serve` needs a person.
 */
export async function launch(folder: AgentFolder, ownFile: string): Promise<number> {
  const program = programFolderOf(ownFile);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
  // A closed terminal is no reason to stop a backup; and nobody reading our words is none either.
  process.on("SIGHUP", () => undefined);
  process.stderr.on("error", () => undefined);
  for (;;) {
    const { file, current } = await chooseVersion(program, folder);
    const confirmed = async () =>
      current === null || current.confirmed ? true : isConfirmed(program, current.name);
    const end = await watchServe(file, folder.folder, confirmed, stop.signal);
    if (stop.signal.aborted) return end.exitCode === SWITCH_EXIT_CODE ? 0 : (end.exitCode ?? 1);
    if (current !== null && !(await confirmed())) {
      await giveUp(program, folder, current.name, end);
      continue;
    }
    if (end.exitCode === SWITCH_EXIT_CODE) continue;
    if (end.exitCode !== null && FOR_A_PERSON.includes(end.exitCode)) return end.exitCode;
    say(`The agent ended (${endWords(end)}) and is started again.`);
    await pause(LIMITS.restartMs, stop.signal);
    if (stop.signal.aborted) return 0;
  }
}

type Chosen = { file: string; current: CurrentVersion | null };

/** The file to start. Counts the starts of an unconfirmed version before it begins: the machine may go down with it. */
async function chooseVersion(program: ProgramFolder, folder: AgentFolder): Promise<Chosen> {
  const current = await readCurrent(program);
  if (current === null) return { file: program.entry, current };
  const file = await startable(program, current.name);
  if (current.confirmed) {
    if (file !== null) return { file, current };
    say(`The version ${current.name} is missing or damaged; the installed one runs in its place.`);
    return { file: program.entry, current: null };
  }
  if (file === null || current.starts >= LIMITS.starts) {
    const why =
      file === null ? "its file is missing or damaged" : `it did not work in ${LIMITS.starts} starts`;
    await fallBack(program, folder, current, { name: current.name, why: "crashed", say: `${why}`, tail: "" });
    return chooseVersion(program, folder);
  }
  const counted = { ...current, starts: current.starts + 1 };
  // On a full disk it is started uncounted: that is better than no agent.
  await writeCurrent(program, counted).catch((error: unknown) =>
    say(`A start could not be counted: ${error}`),
  );
  return { file, current: counted };
}

async function giveUp(
  program: ProgramFolder,
  folder: AgentFolder,
  name: string,
  end: ServeEnd,
): Promise<void> {
  const current = await readCurrent(program);
  if (current === null || current.confirmed || current.name !== name) return;
  const fallen: FallenBack = { name, why: end.broke ?? "crashed", say: endWords(end), tail: end.tail };
  await fallBack(program, folder, current, fallen);
  say(`The new version ${name} did not hold (${fallen.say}); the one before runs again.`);
}

function endWords(end: ServeEnd): string {
  if (end.broke === "hung") return `no answer of the server in ${LIMITS.confirmSeconds} seconds`;
  if (end.broke === "out-of-memory") return `more than ${LIMITS.memoryBytes / 1024 ** 2} MiB of memory`;
  return end.killedBy === null ? `exit code ${end.exitCode ?? "none"}` : `ended by ${end.killedBy}`;
}

async function isConfirmed(program: ProgramFolder, name: string): Promise<boolean> {
  const current = await readCurrent(program);
  return current?.name === name && current.confirmed;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
