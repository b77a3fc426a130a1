import { execFile } from "node:child_process";
import { readIfThere } from "../durable-file";

/** Bytes of main memory that a process takes; 0 when it is gone. */
export async function memoryOf(pid: number): Promise<number> {
  if (process.platform !== "linux") return askPs(pid);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec((await readIfThere(`/proc/${pid}/status`)) ?? "")?.[1];
  return Number(resident ?? 0) * 1024;
}

function askPs(pid: number): Promise<number> {
  return new Promise((resolve) =>
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, out) =>
      resolve(error ? 0 : Number(out.trim()) * 1024),
    ),
  );
}
