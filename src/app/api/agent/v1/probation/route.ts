import { takeProbation } from "~/server/agent-api/take-probation";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export function POST(request: Request): Promise<Response> {
  return takeProbation(request);
}
