import { connect, type Socket } from "node:net";
import type { Ctx } from "../context";
import { type GuardOptions, guardedAddresses } from "../outgoing/guard";

/**
 * Opens a connection to the mail server, without TLS yet, to the first of the very addresses that the guard has checked that answers: a
 * name may stand for an IPv6 address that nobody serves beside an IPv4 one that works. Refuses `target-forbidden` for an internal one that
 * is not allowed; fails with the system's words for the last address when none answers in `timeoutMs`, which they share.
 */
export async function connectToServer(
  ctx: Pick<Ctx, "db">,
  server: { host: string; port: number },
  timeoutMs: number,
  options: GuardOptions = {},
): Promise<Socket> {
  const addresses = await guardedAddresses(ctx, server.host, options);
  let problem: unknown;
  for (const { address } of addresses) {
    try {
      return await open(address, server.port, timeoutMs / addresses.length);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

async function open(address: string, port: number, timeoutMs: number): Promise<Socket> {
  const socket = connect({ host: address, port });
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
