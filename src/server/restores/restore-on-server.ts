import type { JobPayloadOf } from "~/domain/job-payload";
import type { Ctx } from "../context";
import type { Keeper } from "../keeper-port";
import { openPassphrase } from "../repositories/passphrase";

/** Has the keeper restore into its own folder. May run twice: the folder is then made anew. */
export async function restoreOnServer(
  ctx: Ctx,
  keeper: Keeper,
  job: { jobId: string; clientId: string; repositoryId: string } & JobPayloadOf<"restore-on-server">,
) {
  const { jobId, clientId, repositoryId, totals } = job;
  return keeper.call("restore-to-folder", {
    ...{ clientId, repositoryId, passphrase: await openPassphrase(ctx, repositoryId) },
    ...{ restoreId: jobId, bytes: totals?.bytes ?? null },
    parts: [job, ...(job.more ?? [])].map(({ borgId, archiveName, paths }) => ({
      borgId,
      archiveName,
      paths,
    })),
  });
}
