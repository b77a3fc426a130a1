import type { Command } from "commander";
import { allOf, findClient, findRepository } from "../find-by-name";
import { followJob } from "../follow-job";
import { showBytes, showInstant } from "../output";
import { readSize } from "../read-size";
import type { Session } from "../session";
import { addRepositoryActs } from "./repository-acts";
import { addRepositoryCare } from "./repository-care";
import { addImportCommands } from "./repository-import";

export function addRepositoryCommands(program: Command, session: Session): void {
  const repository = program.command("repository").description("Where backups are kept.");

  repository
    .command("create <name>")
    .description("Make an encrypted repository for a client.")
    .requiredOption("--client <client>", "whose repository it is")
    .option("--quota <size>", "most it may hold, e.g. 500G")
    .option("--watch", "wait until it is ready")
    .action(async (name: string, options: { client: string; quota?: string; watch?: boolean }) => {
      const bbs = await session.bbs();
      const quotaBytes = options.quota === undefined ? null : readSize(options.quota);
      const { id: clientId } = await findClient(bbs, options.client);
      const made = await bbs.repositories.create.mutate({ clientId, name, quotaBytes });
      if (options.watch) await followJob(bbs, made.jobId, session, made);
      else session.out().print(made, `Making repository ${name} (${made.id}, job ${made.jobId}).`);
    });

  repository
    .command("list")
    .description("All repositories.")
    .option("--client <client>", "of this client only")
    .action(async (options: { client?: string }) => {
      const bbs = await session.bbs();
      const clientId = options.client ? (await findClient(bbs, options.client)).id : undefined;
      const rows = await allOf((cursor) => bbs.repositories.list.query({ clientId, cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["client", (row) => row.clientName],
          ["name", (row) => row.name],
          ["state", (row) => (row.problem ? `${row.state}: ${row.problem}` : row.state)],
          ["archives", (row) => row.archiveCount],
          ["size", (row) => showBytes(row.sizeBytes)],
          ["quota", (row) => (row.quotaBytes === null ? "none" : showBytes(row.quotaBytes))],
          ["last archive", (row) => showInstant(row.lastArchiveAt)],
          ["id", (row) => row.id],
        ],
        "No repositories yet. `bbs repository create <name> --client <client>` makes one.",
      );
    });

  repository
    .command("passphrase <repository>")
    .description(
      "Show a repository's passphrase. Needs a token that may read secrets; every look is journaled.",
    )
    .action(async (given: string) => {
      const bbs = await session.bbs();
      const { id } = await findRepository(bbs, given);
      const shown = await bbs.repositories.revealPassphrase.mutate({ id });
      session.out().print(shown, shown.passphrase);
    });

  addRepositoryCare(repository, session);
  addRepositoryActs(repository, session);
  addImportCommands(repository, session);
}
