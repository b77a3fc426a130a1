import { createServer } from "node:net";
import { StartRefusal } from "./refuse-start";

/** Refuses when nobody could listen there now. `setting` is the environment variable with which the person chooses another port. */
export async function demandFreePort(setting: string, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new StartRefusal(`${explain(error, port, host)} or set ${setting} to another port.`));
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is in use by another program. Stop it (ss -ltnp 'sport = :${port}' names it),`;
  }
  if (error.code === "EACCES") return `Port ${port} is open to root only. Start as root,`;
  return `Nothing can listen on ${host}, port ${port} (${error.code}). Correct LISTEN,`;
}
