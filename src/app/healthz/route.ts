export const dynamic = "force-dynamic";

/** Liveness: 200 while this process answers at all; it asks nobody. A database that is away is no reason to kill the process. */
export function GET(): Response {
  return new Response("ok\n", {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
