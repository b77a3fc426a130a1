import type { Authorized } from "~/domain/permission";
import { whyTargetForbidden } from "~/domain/restore-target";
import { onlineSince } from "../clients/client-row";
import type { Ctx } from "../context";
import { archiveAndClient } from "./archive-and-client";

export interface RestoreOptions {
  clientId: string;
  clientName: string;
  online: boolean;
  /** Where the machine writes restores unless told otherwise; null: not enrolled. */
  restoreFolder: string | null;
  mayRestoreToOriginal: boolean;
  /** Why its original places are closed, with the line of its policy; null: they are open, or it is not enrolled. */
  whyNotOriginal: string | null;
  restorePaths: string[];
  /** What stands in the way or is not possible, in words; null: nothing. */
  why: string | null;
}

/** Where an archive may be restored to, as its machine last reported. Refuses archive-missing. */
export async function restoreOptions(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string },
): Promise<RestoreOptions> {
  const { archive, client } = await archiveAndClient(ctx, may, input);
  const { id: clientId, name: clientName } = client;
  const online = client.lastSeenAt !== null && client.lastSeenAt > new Date(onlineSince(ctx.now));
  const policy = client.removedAt ? null : client.policy;
  if (!policy) {
    const why = `${clientName} is not enrolled, so it cannot restore.`;
    return {
      clientId,
      clientName,
      online,
      restoreFolder: null,
      mayRestoreToOriginal: false,
      whyNotOriginal: null,
      restorePaths: [],
      why,
    };
  }
  const whyNotOriginal = whyTargetForbidden(
    policy,
    { kind: "original" },
    { madeByClient: archive.jobId !== null },
  );
  return {
    clientId,
    clientName,
    online,
    restoreFolder: policy.restoreFolder,
    mayRestoreToOriginal: whyNotOriginal === null,
    whyNotOriginal,
    restorePaths: policy.restorePaths,
    why: online ? whyNotOriginal : `${clientName} is offline. The restore starts when it comes back.`,
  };
}
