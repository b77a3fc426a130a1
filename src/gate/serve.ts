import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { GATE_SAYS } from "./asked-command";
import type { End, KeeperLink } from "./keeper-link";
import { RpcFilter } from "./rpc-filter";

/** Bytes that may wait in one direction before the gate stops reading the other end. Large enough to keep a fast disk busy. */
const PENDING_BYTES = 4 * 1024 * 1024;

/** After the client is gone borg has this long to end by itself (it gets EOF and drops its lock) before it is killed. */
const EOF_GRACE_MS = 30_000;

/** Exit code when the client spoke something else than borg's RPC. */
const NOT_BORG = 2;

/**
 * Runs `borg serve` between our stdin and stdout, lets through what the filter lets through and counts the bytes. Append-only, restricted
 * to the given repositories and nothing else; an environment of our own, so nothing the client sent reaches borg. Resolves when borg has
 * ended; never rejects.
 */
export function serveBorg(link: KeeperLink): Promise<End> {
  const { allowed } = link;
  const { stdin, stdout, stderr } = process;
  return new Promise((resolve) => {
    const borg = spawn(allowed.borg, serveArguments(allowed.paths), {
      cwd: "/",
      stdio: ["pipe", "pipe", "inherit"],
      env: Object.assign(Object.create(null), {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: allowed.home,
        LANG: "C.UTF-8",
      }),
    });
    const bytes = { in: 0, out: 0 };
    let settled = false;
    let failed = false;
    let impatience: NodeJS.Timeout | undefined;
    const finish = (exitCode: number | null) => {
      if (settled) return;
      settled = true;
      clearTimeout(impatience);
      filter.close();
      const callsRefused = filter.callsRefused;
      resolve({
        ...{ bytesIn: bytes.in, bytesOut: bytes.out, callsRefused },
        exitCode: failed ? NOT_BORG : exitCode,
      });
    };
    const endBorg = () => {
      borg.stdin.end();
      impatience ??= setTimeout(() => borg.kill("SIGKILL"), EOF_GRACE_MS);
    };
    const filter = new RpcFilter({
      ...{ home: allowed.home, paths: allowed.paths },
      askKeeper: (wish) => link.open(wish),
      noteRefused: (call, say) => link.noteRefused(call, say),
      toBorg: (pieces) => writeAll(borg.stdin, pieces),
      toClient: (pieces) => writeAll(stdout, pieces),
      movedOn: () => regulate(),
      fail: (say) => {
        failed = true;
        stderr.write(`${GATE_SAYS} ${say}\n`);
        endBorg();
      },
    });
    /** Reads from the client only while nothing piles up anywhere. */
    const regulate = () => {
      const pending = Math.max(borg.stdin.writableLength, stdout.writableLength, filter.waitingBytes);
      if (pending > PENDING_BYTES && !failed) stdin.pause();
      else stdin.resume();
    };

    stdin.on("data", (chunk: Buffer) => {
      bytes.in += chunk.length;
      if (failed || borg.stdin.writableEnded) return;
      filter.fromClient(chunk);
      regulate();
    });
    stdin.once("end", endBorg);
    stdin.once("error", endBorg);
    borg.stdin.on("drain", regulate);
    // borg that ended early is judged by its exit, not by the pipe that broke with it.
    borg.stdin.on("error", () => undefined);

    borg.stdout.on("data", (chunk: Buffer) => {
      if (failed) return;
      bytes.out += chunk.length;
      filter.fromBorg(chunk);
      if (stdout.writableLength > PENDING_BYTES) borg.stdout.pause();
    });
    stdout.on("drain", () => {
      borg.stdout.resume();
      regulate();
    });
    stdout.once("error", () => {
      borg.stdout.resume();
      endBorg();
    });

    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        borg.kill("SIGTERM");
        endBorg();
      });
    }
    borg.once("error", (error) => {
      stderr.write(`${GATE_SAYS} borg could not be started: ${error.message}\n`);
      finish(127);
    });
    borg.once("close", (code, signal) => finish(signal ? 128 : code));
  });
}

/** What borg is told: append-only, these repositories and nothing else. */
export function serveArguments(paths: readonly string[]): string[] {
  return [
    "serve",
    "--append-only",
    "--umask=0027",
    ...paths.flatMap((path) => ["--restrict-to-repository", path]),
  ];
}

/** Several pieces go out with one system call. Bytes for an end that is gone are dropped. */
function writeAll(to: Writable, pieces: readonly Buffer[]) {
  if (pieces.length === 0 || to.destroyed || to.writableEnded) return;
  if (pieces.length > 1) to.cork();
  for (const piece of pieces) to.write(piece);
  if (pieces.length > 1) to.uncork();
}
