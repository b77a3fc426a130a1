/**
 * The program `web`: our HTTP server around Next. Ends TLS, stamps the true peer address, serves the console and the agent protocol on
 * one port, and ends held polls and event streams at shutdown. Started by the supervisor as bbs-web, from the built tree it stands in.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { env } from "~/env";
import { guardRequests } from "./http/guard-request";
import { loadNext } from "./http/next-handler";
import { createOnePortServer } from "./http/one-port-server";
import { trustedProxies } from "./http/peer-address";
import { openStreamDoor } from "./http/stream-door";
import { fingerprintOf, tlsFiles } from "./tls";

/** How long answers under way may take after SIGTERM; woken polls need milliseconds. */
const LAST_ANSWERS_MS = 3_000;

/** Whoever holds a request open (a poll, an event stream) adds a function here that ends it. */
const shared = globalThis as typeof globalThis & { bbsOnShutdown?: Set<() => void> };
shared.bbsOnShutdown ??= new Set();

const { data, listen, port, appUrl, trustedProxies: proxyList, internalAddress } = env();
// Else next-auth makes its addresses of the Host header, which is whoever asks' own word.
process.env.NEXTAUTH_URL = new URL(appUrl).origin;
const built = join(dirname(fileURLToPath(import.meta.url)), "..");
const files = tlsFiles(data);
const tls = { cert: await readFile(files.cert, "utf8"), key: await readFile(files.key, "utf8") };
const handler = await loadNext(built, listen, port);
const server = createOnePortServer(tls, guardRequests(handler, trustedProxies(proxyList)), {
  onUpgrade: openStreamDoor({
    address: internalAddress ?? `127.0.0.1:${port}`,
    fingerprint: fingerprintOf(tls.cert),
  }),
});
await server.listen(port, listen);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    const closed = server.close(LAST_ANSWERS_MS);
    for (const end of shared.bbsOnShutdown ?? []) end();
    void closed.then(() => process.exit(0));
  });
}
