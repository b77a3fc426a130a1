import { type AgentJobResult, jobResult } from "~/protocol/v1";
import type { Api } from "../system/api";

/** A job as its page holds it. */
export type JobDetail = Api["jobs"]["get"];

/** What the agent reported, when it is a backup's or a restore's result; null for server work and for what is not understood. */
export function agentResultOf(job: Pick<JobDetail, "result">): AgentJobResult | null {
  const parsed = jobResult.safeParse(job.result);
  return parsed.success ? parsed.data : null;
}
