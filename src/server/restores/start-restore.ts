import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { type RestoreTarget, whyTargetForbidden } from "~/domain/restore-target";
import type { Ctx } from "../context";
import { queueRestore } from "./queue-restore";
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
    const found = await restorableArchive(inTx, may, input);
    const { archive, client, policy } = found;
    const why = whyTargetForbidden(policy, input.target, { madeByClient: archive.jobId !== null });
    if (why) throw new Refusal("target-forbidden", { say: why });
    const { paths, target } = input;
    const what = paths.length === 0 ? "the whole of" : `${paths.length} files or folders out of`;
    return queueRestore(
      inTx,
      found,
      { paths, target },
      {
        say: `Asked to restore ${what} the archive ${archive.name} on ${client.name}.`,
        detail: { target, ...firstPaths(paths) },
      },
    );
  });
}

/** So many paths stand in the journal; the rest is counted. */
const MOST_PATHS = 20;

function firstPaths(paths: readonly string[]) {
  const named = paths.slice(0, MOST_PATHS).map((path) => Buffer.from(path, "base64").toString("utf8"));
  return { paths: named, pathsNotNamed: paths.length - named.length };
}
