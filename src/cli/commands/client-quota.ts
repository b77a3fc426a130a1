import type { Command } from "commander";
import { findClient } from "../find-by-name";
import { followJob } from "../follow-job";
import { showBytes } from "../output";
import { readLimit } from "../read-size";
import type { Session } from "../session";

interface QuotaOptions {
  hard?: string;
  soft?: string;
  watch?: boolean;
}

export function addClientQuota(client: Command, session: Session): void {
  client
    .command("quota <client>")
    .description("Show what all repositories of a client may hold together, or change what is given.")
    .option("--hard <size>", "beyond it no backup is let in, e.g. 500G; none: no limit")
    .option("--soft <size>", "beyond it an alert is raised; none: no limit")
    .option("--watch", "wait until the storage node holds it")
    .action(async (given: string, options: QuotaOptions) => {
      const bbs = await session.bbs();
      const { id, name } = await findClient(bbs, given);
      const { sizeBytes, ...now } = await bbs.clients.get.query({ id });
      const shown = { quotaBytes: now.quotaBytes, softQuotaBytes: now.softQuotaBytes };
      if (options.hard === undefined && options.soft === undefined) {
        const limit = (bytes: number | null) => (bytes === null ? "none" : showBytes(bytes));
        const text = `${name} holds ${showBytes(sizeBytes)}; hard quota ${limit(shown.quotaBytes)}, soft quota ${limit(shown.softQuotaBytes)}.`;
        return session.out().print({ id, sizeBytes, ...shown }, text);
      }
      const wanted = {
        quotaBytes: options.hard === undefined ? shown.quotaBytes : readLimit(options.hard),
        softQuotaBytes: options.soft === undefined ? shown.softQuotaBytes : readLimit(options.soft),
      };
      const { jobId } = await bbs.clients.setQuotas.mutate({ id, ...wanted });
      if (options.watch && jobId !== null) await followJob(bbs, jobId, session, wanted);
      else session.out().print({ id, jobId, ...wanted }, `Changed the quotas of ${name}.`);
    });
}
