import { and, eq, isNull } from "drizzle-orm";
import { archiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { sayQuarantined } from "~/domain/quarantine-words";
import { Refusal } from "~/domain/refusal";
import { type RestoreTarget, whyTargetForbidden } from "~/domain/restore-target";
import { archiveMissing } from "../archives/get-archive";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { archiveLedger } from "../db/schema/vault";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { findQuarantined } from "../repositories/find-quarantined";

/**
 * Queues a restore by the machine that made the archive. The policy that the machine last reported gives an early, friendly no;
 * the machine itself decides. Refuses archive-missing, client-not-enrolled, repository-quarantined, target-forbidden.
 */
export async function startRestore(
  ctx: Ctx,
  may: Authorized<"restore">,
  input: { archiveId: string; paths: string[]; target: RestoreTarget },
): Promise<{ jobId: string }> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const [found] = await tx
      .select({ archive: archiveLedger, client: clients })
      .from(archiveLedger)
      .innerJoin(repositories, eq(repositories.id, archiveLedger.repositoryId))
      .innerJoin(clients, eq(clients.id, repositories.clientId))
      .where(
        and(
          eq(archiveLedger.id, input.archiveId),
          eq(repositories.clientId, may.clientId),
          isNull(archiveLedger.removedAt),
        ),
      )
      .for("share", { of: archiveLedger });
    if (!found) throw archiveMissing();
    const { archive, client } = found;
    if (!client.policy || client.removedAt) {
      throw new Refusal("client-not-enrolled", {
        say: `${client.name} is not enrolled, so it cannot restore. Enrol it again first.`,
      });
    }
    const held = await findQuarantined(inTx, { clientId: client.id });
    if (held) {
      throw new Refusal("repository-quarantined", { say: sayQuarantined(held, "restore after that.") });
    }
    const why = whyTargetForbidden(client.policy, input.target, { madeByClient: archive.jobId !== null });
    if (why) throw new Refusal("target-forbidden", { say: why });
    const { jobId } = await enqueueJob(inTx, {
      kind: "restore",
      clientId: client.id,
      repositoryId: archive.repositoryId,
      planId: archive.planId,
      payload: {
        archiveId: archiveId.parse(archive.id),
        archiveName: archive.name,
        borgId: archive.borgId,
        paths: input.paths,
        target: input.target,
      },
    });
    const what = input.paths.length === 0 ? "the whole of" : `${input.paths.length} files or folders out of`;
    await appendEntry(inTx, {
      action: "restore.started",
      say: `Asked to restore ${what} the archive ${archive.name} on ${client.name}.`,
      ...{ clientId: client.id, repositoryId: archive.repositoryId },
      detail: { jobId, archiveId: archive.id, target: input.target, ...firstPaths(input.paths) },
    });
    return { jobId };
  });
}

/** So many paths stand in the journal; the rest is counted. */
const MOST_PATHS = 20;

function firstPaths(paths: readonly string[]) {
  const named = paths.slice(0, MOST_PATHS).map((path) => Buffer.from(path, "base64").toString("utf8"));
  return { paths: named, pathsNotNamed: paths.length - named.length };
}
