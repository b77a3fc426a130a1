import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port";
import { until } from "./until";

export interface TestRedis {
  url: string;
  start(): Promise<void>;
  /** Ends it as a restart of its service does: what it holds is on disk. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** A Redis of its own on a free port of loopback, in a folder of its own, set as docs/operations.md says. Runs when it comes back. */
export async function startTestRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), "bbs-redis-"));
  const port = await freePort();
  let stop: (() => Promise<void>) | null = null;
  const redis: TestRedis = {
    url: `redis://127.0.0.1:${port}`,
    start: async () => {
      if (stop) return;
      const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes"];
      const child = spawn("redis-server", [...settings, "--save", ""], { stdio: "ignore" });
      await until("redis answers", () => answers(port));
      stop = async () => {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      };
    },
    stop: async () => {
      await stop?.();
      stop = null;
    },
    remove: async () => {
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(bytes.toString().startsWith("+PONG"));
    });
    socket.once("error", () => resolve(false));
  });
}
