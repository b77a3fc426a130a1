import { execFile } from "node:child_process";
import { readIfThere } from "./durable-file";

/**
 * What tells a process from a later one with the same number: on Linux the boot and the start time in ticks, elsewhere the start
 * time that `ps` prints. Null when there is no such process. A zombie counts as none: it does nothing any more.
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return askPs(pid);
  const text = await readIfThere(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name in brackets may hold blanks and brackets; the fields after the last one do not.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return null;
  const boot = (await readIfThere("/proc/sys/kernel/random/boot_id")) ?? "";
  return `${boot.trim()} ${fields[19]}`;
}

/** Sends a signal to one process, or with a negative number to its group. False when there is none. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function askPs(pid: number): Promise<string | null> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "stat=,lstart=", "-p", String(pid)], (error, stdout) => {
      const line = stdout.trim();
      resolve(error || line === "" || line.startsWith("Z") ? null : line.replace(/^\S+\s+/, ""));
    });
  });
}
