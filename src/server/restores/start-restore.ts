import { archiveId } from "~/domain/id";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { type RestoreTarget, whyTargetForbidden } from "~/domain/restore-target";
import type { Ctx } from "../context";
import { enqueueJob } from "../jobs/enqueue-job";
import { appendEntry } from "../journal/append-entry";
import { restorableArchive } from "./restorable-archive";

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
    const { archive, client, policy } = await restorableArchive(inTx, may, input);
    const why = whyTargetForbidden(policy, input.target, { madeByClient: archive.jobId !== null });
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
