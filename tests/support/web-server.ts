import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { guardRequests } from "~/supervisor/http/guard-request";
import { createOnePortServer, type Patience } from "~/supervisor/http/one-port-server";
import { trustedProxies } from "~/supervisor/http/peer-address";
import { ensureTls, tlsFiles } from "~/supervisor/tls";
import { freePort } from "./free-port";

export interface TestWebServer {
  port: number;
  /** Sends bytes as they are and answers what comes back until the other end closes; `over` TLS unless told. */
  send(bytes: string, given?: { over?: "http" | "https"; from?: string }): Promise<string>;
  stop(): Promise<void>;
}

/** Our HTTP server on a free port, with `application` in the place of Next and 127.0.0.9 as a trusted proxy. */
export async function startTestWebServer(
  application: RequestListener,
  patience?: Patience,
): Promise<TestWebServer> {
  const data = mkdtempSync(join(tmpdir(), "bbs-web-"));
  await ensureTls({ data, appUrl: "https://192.0.2.7:3000", given: null, readerGroup: null });
  const files = tlsFiles(data);
  const tls = { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
  const port = await freePort();
  const server = createOnePortServer(
    tls,
    guardRequests(application, trustedProxies(["127.0.0.9"])),
    patience ? { patience } : {},
  );
  await server.listen(port, "127.0.0.1");
  return {
    port,
    send: (bytes, { over = "https", from } = {}) =>
      new Promise((resolve) => {
        const where = { port, host: "127.0.0.1", localAddress: from };
        const socket =
          over === "https" ? tlsConnect({ ...where, rejectUnauthorized: false }) : connect(where);
        let text = "";
        socket.on("data", (part) => {
          text += part;
        });
        socket.on("error", () => {});
        socket.on("close", () => resolve(text));
        socket.write(bytes);
      }),
    stop: async () => {
      await server.close(100);
      await rm(data, { recursive: true, force: true });
    },
  };
}
