import { readdir, readFile } from "node:fs/promises";

/** A process as far as it can be told from another that got the same number later. `uid` is the real one. */
export type ProcessMark = { pid: number; uid: number; session: number; startedTicks: number };

/** Reads /proc; null when there is no such process (a zombie counts as none). */
export async function markProcess(pid: number): Promise<ProcessMark | null> {
  try {
    const [text, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/status`, "latin1"),
    ]);
    // The second field is the name in brackets and may hold anything, so count from the last bracket (proc(5)).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    // Not the owner of /proc/<pid>: that is root for a process that has made itself undumpable (proc(5)).
    const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? Number.NaN);
    return { pid, uid, session: Number(fields[3]), startedTicks: Number(fields[19]) };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** True while exactly this process lives. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
  const now = await markProcess(mark.pid);
  return now !== null && now.uid === mark.uid && now.startedTicks === mark.startedTicks;
}

/**
 * The living processes of one kernel session that belong to `uid`. sshd gives each forced command a kernel session of its own,
 * so these are the gate and its borg, whatever became of their parents.
 */
export async function processesOfSession(session: number, uid: number): Promise<ProcessMark[]> {
  return (await processesOfUser(uid)).filter((mark) => mark.session === session);
}

/** Every living process of an account. */
export async function processesOfUser(uid: number): Promise<ProcessMark[]> {
  const names = await readdir("/proc");
  const marks = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => markProcess(Number(name))),
  );
  return marks.filter((mark) => mark !== null).filter((mark) => mark.uid === uid);
}

/** Signals exactly this process. The number may have been given away since, so it is looked at again right before. */
export async function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(mark))) return;
  try {
    process.kill(mark.pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ESRCH"].includes(String(error.code));
}
