import { readiness } from "~/server/system/is-schema-ready";

export const dynamic = "force-dynamic";

/** Readiness: 200 while the database answers and is migrated for this program, else 503 and one sentence why. */
export async function GET(): Promise<Response> {
  const found = await readiness();
  return new Response(found.ready ? "ready\n" : `${found.why}\n`, {
    status: found.ready ? 200 : 503,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
