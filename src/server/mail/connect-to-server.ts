import { connect, type Socket } from "node:net";
import type { Ctx } from "../context";
import { guardedAddress } from "../outgoing/guard";

/**
 * Opens a connection to the mail server, without TLS yet, to the very address that the guard has checked. Refuses `target-forbidden` for an
 * internal one that is not allowed; fails with the system's words when nobody answers in `timeoutMs`.
 */
export async function connectToServer(
  ctx: Pick<Ctx, "db">,
  server: { host: string; port: number },
  timeoutMs: number,
): Promise<Socket> {
  const { address } = await guardedAddress(ctx, server.host);
  const socket = connect({ host: address, port: server.port });
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no answer in ${timeoutMs / 1000} s`));
  }, timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } finally {
    clearTimeout(timer);
  }
  return socket;
}
