import { readdirSync, readFileSync } from "node:fs";

/** Programs of a running server, as their command lines tell them apart. */
const PROGRAMS = {
  web: /\/web\.mjs/,
  worker: /\/worker\.mjs/,
  keeper: /\/keeper\.mjs/,
  /** The listener only; a session's sshd says `sshd: bbs-...`. */
  sshd: /sshd(:? |\0).*(\[listener\]|sshd_config)/,
  "sshd-session": /^sshd: bbs-/,
  gate: /\/gate\.mjs\0/,
  "borg-serve": /\/borg\0serve\0/,
  /** What the keeper runs itself. */
  "keeper-borg": /\/borg\0(?!serve\0)[a-z]/,
  postgres: /bin\/postgres\0/,
} as const;
export type Program = keyof typeof PROGRAMS;

/** Those that the supervisor starts again; of the others each is one piece of work. */
const KEPT_RUNNING: readonly Program[] = ["web", "worker", "keeper", "sshd", "postgres"];
export const isKeptRunning = (program: Program) => KEPT_RUNNING.includes(program);

/** Ends a process if it is still there. */
export function killQuietly(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Process ids of one program below the supervisor. */
export function pidsOf(supervisor: number, program: Program): number[] {
  return descendants(supervisor).filter((pid) => PROGRAMS[program].test(commandLine(pid)));
}

/** Every process below this one. Programs that made themselves a session of their own still have their parent. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const parent = parentOf(Number(name));
    if (parent !== null) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0; ) {
    const children = parents.get(queue.shift() ?? -1) ?? [];
    found.push(...children);
    queue.push(...children);
  }
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? null : Number(parent);
  } catch {
    return null;
  }
}

/** Arguments with zero bytes between them; empty for a process that has gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
