import { spawn } from "node:child_process";

const LOCK_FILE = "/run/bbs-accounts.lock";

/**
 * Runs the action while no other keeper of this machine runs one. groupadd and useradd look whether a number is free before they take
 * their own lock (shadow 4.13), so two installations could be given the same one. The lock ends with this process, however it ends.
 */
export async function withMachineLock<T>(action: () => Promise<T>): Promise<T> {
  const holder = spawn("/usr/bin/flock", ["--wait", "60", LOCK_FILE, "/bin/sh", "-c", "echo held; cat"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: Object.assign(Object.create(null), { PATH: "/usr/bin:/bin" }),
  });
  holder.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      holder.once("error", reject);
      holder.stdout.once("data", () => resolve());
      void ended.then(() => reject(new Error(`the lock ${LOCK_FILE} could not be had within a minute`)));
    });
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
