import { exportMetrics } from "~/server/api/export-metrics";

export const dynamic = "force-dynamic";

/** What Prometheus scrapes. */
export function GET(request: Request): Promise<Response> {
  return exportMetrics(request);
}
