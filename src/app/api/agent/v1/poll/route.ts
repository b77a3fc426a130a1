import { takePoll } from "~/server/agent-api/take-poll";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export function POST(request: Request): Promise<Response> {
  return takePoll(request);
}
