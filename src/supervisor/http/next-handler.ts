import { readFile } from "node:fs/promises";
import type { RequestListener, Server } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The part of next/dist/server/lib/start-server (next 16.4) that the standalone server.js uses as well. */
interface StartServer {
  getRequestHandlers(options: {
    dir: string;
    port: number;
    isDev: boolean;
    hostname: string;
    minimalMode: boolean;
    quiet: boolean;
    server?: Server;
    onDevServerCleanup: undefined;
  }): Promise<{ requestHandler: RequestListener }>;
}

/**
 * Loads the built console from `folder` (a standalone tree, or a clone after `next build`) into this process. The steps are those of
 * the server.js that `output: "standalone"` writes, but the HTTP server stays ours. Edit when next is updated and a build's server.js
 * says otherwise.
 */
export async function loadNext(folder: string, hostname: string, port: number): Promise<RequestListener> {
  const required = JSON.parse(await readFile(join(folder, ".next/required-server-files.json"), "utf8")) as {
    config: unknown;
  };
  process.chdir(folder);
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(required.config);
  const load = createRequire(join(folder, "server.js"));
  load("next");
  const { getRequestHandlers } = load("next/dist/server/lib/start-server") as StartServer;
  const { requestHandler } = await getRequestHandlers({
    dir: folder,
    port,
    hostname,
    isDev: false,
    minimalMode: false,
    // Without this the cause of a 500 is said nowhere.
    quiet: false,
    onDevServerCleanup: undefined,
  });
  return requestHandler;
}
