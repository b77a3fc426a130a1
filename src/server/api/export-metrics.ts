import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { Gauge, Registry } from "prom-client";
import { Refusal } from "~/domain/refusal";
import { type Metric, readMetrics } from "../system/read-metrics";
import { createApiContext } from "./context";
import { TRPC_CODE } from "./refusal-codes";
import { demandPermission } from "./trpc";
import { logFault } from "./trpc-error";

/**
 * GET /metrics: the numbers of the whole installation in Prometheus' text format. For admins, and for a token of an admin that may view
 * (`Authorization: Bearer bbs_...`, `authorization` in the scrape configuration); never open.
 */
export async function exportMetrics(request: Request): Promise<Response> {
  try {
    const ctx = await createApiContext(request.headers);
    const actor = demandPermission(ctx.actor, "view");
    if (actor.role !== "admin")
      throw new Refusal("forbidden", {
        say: "These numbers are of all clients: they are an admin's to read.",
      });
    const text = await asText(await readMetrics(ctx));
    return new Response(text, {
      headers: { "content-type": Registry.PROMETHEUS_CONTENT_TYPE, "cache-control": "no-store" },
    });
  } catch (error) {
    return refuse(error);
  }
}

/** A registry of its own for each scrape: nothing is remembered between two, so a plan that is gone is gone. */
async function asText(metrics: readonly Metric[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, values } of metrics) {
    const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
    for (const { labels, value } of values) gauge.set(labels, value);
  }
  return registry.metrics();
}

function refuse(error: unknown): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  if (!(error instanceof Refusal)) {
    const { message, reference } = logFault(error, { path: "metrics" });
    return new Response(`${message} (${reference})\n`, { status: 500, headers });
  }
  const { code, say } = error;
  const status = getHTTPStatusCodeFromError(new TRPCError({ code: TRPC_CODE[code] }));
  const how: Record<string, string> = status === 401 ? { "www-authenticate": 'Bearer realm="metrics"' } : {};
  return new Response(`${say}\n`, { status, headers: { ...headers, ...how } });
}
