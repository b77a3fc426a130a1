import { isDatabaseUp } from "~/server/system/is-database-up";

export const dynamic = "force-dynamic";

/** For supervisors and load balancers: 200 while this process reaches its database, else 503. Says nothing else. */
export async function GET(): Promise<Response> {
  const up = await isDatabaseUp();
  return Response.json({ ok: up }, { status: up ? 200 : 503, headers: { "cache-control": "no-store" } });
}
