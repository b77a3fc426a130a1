import { takeEnrolment } from "~/server/agent-api/take-enrolment";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export function POST(request: Request): Promise<Response> {
  return takeEnrolment(request);
}
