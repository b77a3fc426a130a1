import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { whyTargetForbidden } from "~/domain/restore-target";
import { archiveMissing } from "../archives/get-archive";
import { onlineSince } from "../clients/client-row";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";

export interface RestoreOptions {
  clientId: string;
  clientName: string;
  online: boolean;
  /** Where the machine writes restores unless told otherwise; null: not enrolled. */
  restoreFolder: string | null;
  mayRestoreToOriginal: boolean;
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
  const [found] = await ctx.db
    .select({
      clientId: clients.id,
      clientName: clients.name,
      lastSeenAt: clients.lastSeenAt,
      policy: clients.policy,
      removedAt: clients.removedAt,
      jobId: archiveLedger.jobId,
    })
    .from(archiveLedger)
    .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
    .innerJoin(clients, eq(clients.id, repositories.clientId))
    .where(
      and(
        eq(archiveLedger.id, input.archiveId),
        eq(repositories.clientId, may.clientId),
        isNull(archiveLedger.removedAt),
      ),
    );
  if (!found) throw archiveMissing();
  const { clientId, clientName } = found;
  const online = found.lastSeenAt !== null && found.lastSeenAt > new Date(onlineSince(ctx.now));
  const policy = found.removedAt ? null : found.policy;
  if (!policy) {
    const why = `${clientName} is not enrolled, so it cannot restore.`;
    return {
      clientId,
      clientName,
      online,
      restoreFolder: null,
      mayRestoreToOriginal: false,
      restorePaths: [],
      why,
    };
  }
  const whyNotOriginal = whyTargetForbidden(
    policy,
    { kind: "original" },
    { madeByClient: found.jobId !== null },
  );
  return {
    clientId,
    clientName,
    online,
    restoreFolder: policy.restoreFolder,
    mayRestoreToOriginal: whyNotOriginal === null,
    restorePaths: policy.restorePaths,
    why: online ? whyNotOriginal : `${clientName} is offline. The restore starts when it comes back.`,
  };
}
