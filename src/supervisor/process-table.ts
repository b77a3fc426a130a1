import { readFile } from "node:fs/promises";

export interface ProcessState {
  zombie: boolean;
  /** Clock ticks since boot; with the pid it names one process for good, also after the number was given to another. */
  startTicks: string;
}

/** What the kernel says of a pid (proc(5), stat); null when there is no such process. */
export async function processState(pid: number): Promise<ProcessState | null> {
  if (!Number.isInteger(pid) || pid < 2) return null;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields?.[0], fields?.[19]];
  return state && startTicks ? { zombie: state === "Z" || state === "X", startTicks } : null;
}

/** Pids of everything that `pid` started, directly or further down, as of now. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const below = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = below.trim().split(" ").filter(Boolean).map(Number);
  const deeper = await Promise.all(children.map(descendantsOf));
  return [...children, ...deeper.flat()];
}
