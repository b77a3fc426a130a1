import { spawn } from "node:child_process";
import { once } from "node:events";
import { Refusal } from "~/domain/refusal";
import type { Outlet } from "./open-outlet";

/** zstd's own default, one thread: faster than any network line, and the other jobs go on. */
const ZSTD = ["--quiet", "--stdout", "-3", "-T1"];

/**
 * borg's tar, packed by zstd on its way: names, modes, owners, times and links as they were. `read` hands the tar over piece by piece. Refuses
 * storage-unavailable where zstd is not installed.
 */
export async function sendTarZst(
  read: (take: (piece: Buffer) => Promise<void>) => Promise<unknown>,
  outlet: Outlet,
): Promise<{ bytes: number }> {
  const zstd = spawn("zstd", ZSTD, { stdio: ["pipe", "pipe", "ignore"], cwd: "/" });
  const ended = new Promise<void>((resolve, reject) => {
    zstd.once("error", (cause) => reject(notInstalled(cause)));
    zstd.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`zstd ended with ${code}`))));
  });
  const drain = async () => {
    let begun = false;
    for await (const piece of zstd.stdout) {
      if (!begun) await outlet.begin(null);
      begun = true;
      await outlet.send(piece);
    }
  };
  const drained = drain();
  // Awaited below, unless something else fails first.
  for (const promise of [ended, drained]) promise.catch(() => undefined);
  zstd.stdin.on("error", () => undefined);
  let bytes = 0;
  try {
    await read(async (piece) => {
      bytes += piece.length;
      if (!zstd.stdin.write(piece)) await Promise.race([once(zstd.stdin, "drain"), ended]);
    });
    zstd.stdin.end();
    await drained;
    await ended;
  } finally {
    zstd.kill("SIGKILL");
  }
  return { bytes };
}

function notInstalled(cause: unknown): Refusal {
  return new Refusal("storage-unavailable", {
    say: "zstd is not installed on the storage server. Install it there (Debian: zstd), or take a zip.",
    cause,
  });
}
