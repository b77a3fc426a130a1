import { jobId } from "~/domain/id";
import { Refusal } from "~/domain/refusal";
import { type ReportResponse, reportRequest } from "~/protocol/v1";
import { takeReport } from "../jobs/take-report";
import { answerAgent } from "./endpoint";

/** POST /api/agent/v1/jobs/{id}/report: progress, log lines and the end of a job; any report may come twice. */
export function takeJobReport(request: Request, id: string): Promise<Response> {
  return answerAgent(request, reportRequest, async (ctx, report): Promise<ReportResponse> => {
    const parsed = jobId.safeParse(id);
    if (!parsed.success) throw new Refusal("not-found", { say: "This machine has no such job." });
    const answer = await takeReport(ctx, { jobId: parsed.data, report });
    return { serverTime: new Date().toISOString(), ...answer };
  });
}
