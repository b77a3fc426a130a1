import type { Authorized } from "~/domain/permission";
import { Refusal, type RefusalCode } from "~/domain/refusal";
import { type BrowseResult, browseResult } from "~/protocol/looks";
import type { Ctx } from "../context";
import { type EndedJob, waitForJob } from "../jobs/wait-for-job";
import { appendEntry } from "../journal/append-entry";
import { startLook, withdrawLook } from "./start-look";

/** How long a person waits for a folder of a live machine. */
const LONGEST_WAIT_MS = 20_000;

/**
 * One folder of a machine's live disk, as the machine answers now; journaled with the path. `path` is absolute, as base64 of its bytes.
 * Refuses as `startLook` does, and not-found, target-forbidden or client-offline as the machine answers or does not.
 */
export async function readDisk(
  ctx: Ctx,
  may: Authorized<"browse-live-disk">,
  input: { path: string; signal?: AbortSignal | undefined; waitMs?: number },
): Promise<Pick<BrowseResult, "entries" | "truncated">> {
  const shown = Buffer.from(input.path, "base64").toString("utf8");
  const { jobId } = await startLook(ctx, may, {
    kind: "browse-disk",
    payload: { path: input.path },
    note: (inTx, { jobId: begun, clientName }) =>
      appendEntry(inTx, {
        action: "disk.browsed",
        say: `Looked into ${shown} on ${clientName}.`,
        clientId: may.clientId,
        detail: { jobId: begun, path: shown },
      }),
  });
  const ended = await waitForJob(ctx, {
    jobId,
    timeoutMs: input.waitMs ?? LONGEST_WAIT_MS,
    signal: input.signal,
  });
  if (ended) return asFolder(ended);
  await withdrawLook({ ...ctx, now: new Date() }, may, jobId);
  throw new Refusal("client-offline", { say: "The machine did not answer in time. Try again in a moment." });
}

/** By the machine's own words for why not. */
const REFUSALS: Record<string, RefusalCode> = {
  "policy-forbids-looking": "target-forbidden",
  "policy-forbids-source": "target-forbidden",
  "folder-unreadable": "target-forbidden",
  "folder-missing": "not-found",
};

function asFolder(job: EndedJob): Pick<BrowseResult, "entries" | "truncated"> {
  const { data } = browseResult.safeParse(job.result);
  if (job.state === "succeeded" && data) return { entries: data.entries, truncated: data.truncated };
  const say = job.problem?.say ?? "The folder could not be read. Try again.";
  throw new Refusal(REFUSALS[job.problem?.code ?? ""] ?? "client-offline", { say });
}
