import { jobPayloads } from "~/domain/job-payload";
import type { UpdateAgentOrder } from "~/protocol/agent-update";
import type { Ctx } from "../../context";
import type { HandedOutAlone } from "../../jobs/hand-out-jobs";
import { readRelease } from "../read-release";

/** What the agent is told to become: the release as it was signed. Whether that may be is decided on the machine. Refuses a release that was removed. */
export async function updateOrder(
  ctx: Pick<Ctx, "db">,
  job: Pick<HandedOutAlone, "id" | "lease" | "payload">,
): Promise<UpdateAgentOrder> {
  const { releaseId, fileSha256 } = jobPayloads["update-agent"].parse(job.payload);
  const { manifest, signatures } = await readRelease(ctx, { id: releaseId });
  const head = { kind: "update-agent", jobId: job.id, lease: job.lease } as const;
  return { ...head, manifest: manifest.toString("base64"), signatures, fileSha256 };
}
