import { connect, type Socket } from "node:net";

/** Opens a connection to the mail server, without TLS yet. Fails with the system's words when there is none in `timeoutMs`. */
export async function connectToServer(
  server: { host: string; port: number },
  timeoutMs: number,
): Promise<Socket> {
  const socket = connect({ host: server.host, port: server.port });
  const timer = setTimeout(() => {
    socket.destroy(new Error(`${server.host} did not answer in ${timeoutMs / 1000} s`));
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
