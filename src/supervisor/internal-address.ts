import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Env } from "~/env";

/**
 * `host:port` under which storage nodes reach this very web server: as set, else over loopback where storage is on this machine, else by this
 * machine's own name (which is what a container is called on its network).
 */
export function internalAddress(
  env: Pick<Env, "internalAddress" | "listen" | "port">,
  { storageIsHere }: { storageIsHere: boolean },
): string {
  const given = env.internalAddress;
  if (given) return /:\d+$/.test(given) ? given : `${given}:${env.port}`;
  const loopback = env.listen === "::" ? "::1" : "127.0.0.1";
  const everywhere = env.listen === "0.0.0.0" || env.listen === "::";
  const host = everywhere ? (storageIsHere ? loopback : hostname()) : env.listen;
  return `${isIP(host) === 6 ? `[${host}]` : host}:${env.port}`;
}
