import { createHash, timingSafeEqual } from "node:crypto";
import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import { LinkError } from "./link-error";

/** Hands out a TLS connection only after its certificate was compared: node writes the request once it has the socket. */
export class PinnedAgent extends HttpsAgent {
  readonly #fingerprint: Buffer;

  constructor(fingerprint: string) {
    super({ keepAlive: true, maxSockets: 8 });
    this.#fingerprint = Buffer.from(fingerprint, "hex");
  }

  // No session is offered, so every connection is a full handshake that shows the certificate and proves its key.
  override createConnection(
    options: { host?: string; port?: number | string },
    handOver: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = options.host ?? "localhost";
    const socket = connect({
      host,
      port: Number(options.port ?? 443),
      servername: isIP(host) ? "" : host,
      minVersion: "TLSv1.2",
      ALPNProtocols: ["http/1.1"],
      // Not trusted by a name or an authority but by the exact bytes, compared below.
      rejectUnauthorized: false,
    });
    const fail = (error: Error) => {
      clearTimeout(patience);
      socket.removeListener("error", fail);
      socket.on("error", () => undefined).destroy();
      handOver(error, socket);
    };
    const patience = setTimeout(() => fail(new LinkError("unreachable", `${host} does not answer.`)), 20_000);
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      const seen = createHash("sha256")
        .update(certificate.raw ?? "")
        .digest();
      if (!timingSafeEqual(seen, this.#fingerprint)) {
        fail(
          new LinkError(
            "wrong-certificate",
            `Whoever answers at ${host} shows another certificate (SHA-256 ${seen.toString("hex")}) than the one pinned at enrolment. Nothing was sent. If the server got a new certificate, enrol again with the line that the console shows.`,
          ),
        );
        return;
      }
      clearTimeout(patience);
      socket.removeListener("error", fail);
      handOver(null, socket);
    });
    return undefined;
  }
}
