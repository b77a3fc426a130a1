import type { Command } from "commander";
import { rebuildCatalogs } from "~/server/archives/rebuild-catalogs";
import { endCatalogPool } from "~/server/catalog-pool";
import type { Ctx } from "~/server/context";
import type { Output } from "../output";

/** `bbs-admin catalog rebuild`. */
export function addCatalogVerb(
  program: Command,
  work: (verb: (ctx: Ctx, out: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command("catalog")
    .description("The catalog of files in archives.")
    .command("rebuild")
    .description(
      "Drop the catalog of one repository, or of all, and write it anew from the archives. The worker does it, archive by archive; stopped, it goes on where it was. Browsing asks borg meanwhile.",
    )
    .option("--repository <id>", "this one only")
    .action(async (options: { repository?: string }) => {
      await work(async (ctx, out) => {
        try {
          const { repositories } = await rebuildCatalogs(ctx, { repositoryId: options.repository });
          const words = repositories === 1 ? "1 repository is" : `${repositories} repositories are`;
          out.print({ repositories }, `${words} queued. \`bbs job list\` shows how far it is.`);
        } finally {
          await endCatalogPool();
        }
      });
    });
}
