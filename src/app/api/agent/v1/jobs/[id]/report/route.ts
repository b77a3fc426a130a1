import { takeJobReport } from "~/server/agent-api/take-job-report";

export const dynamic = "force-dynamic";
export const runtime = "nodejs";

export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return takeJobReport(request, (await params).id);
}
