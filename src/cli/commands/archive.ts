import type { Command } from "commander";
import { allOf, findArchive, findClient, findPlan, findRepository } from "../find-by-name";
import { oneLine, showBytes, showInstant } from "../output";
import type { Session } from "../session";
import { addDownloadCommand } from "./archive-download";
import { addTrashCommands } from "./archive-trash";

interface ListOptions {
  client?: string;
  repository?: string;
  plan?: string;
  trashed?: boolean;
}

export function addArchiveCommands(program: Command, session: Session): void {
  const archive = program.command("archive").description("Backups that were made.");

  archive
    .command("list")
    .description("Archives, newest first.")
    .option("--client <client>", "of this client only")
    .option("--repository <repository>", "in this repository only")
    .option("--plan <plan>", "of this plan only")
    .option("--trashed", "what is in the trash, and until when")
    .action(async (options: ListOptions) => {
      const bbs = await session.bbs();
      const filter = {
        clientId: options.client ? (await findClient(bbs, options.client)).id : undefined,
        repositoryId: options.repository ? (await findRepository(bbs, options.repository)).id : undefined,
        planId: options.plan ? (await findPlan(bbs, options.plan)).id : undefined,
        trashed: options.trashed === true,
      };
      const rows = await allOf((cursor) => bbs.archives.list.query({ ...filter, cursor, limit: 200 }));
      session.out().table(
        rows,
        [
          ["archive", (row) => row.name],
          ["client", (row) => row.clientName],
          ["plan", (row) => row.planName],
          ["seen", (row) => showInstant(row.observedAt)],
          ["files", (row) => row.fileCount],
          ["original", (row) => showBytes(row.originalBytes)],
          ["compressed", (row) => showBytes(row.compressedBytes)],
          ["deduplicated", (row) => showBytes(row.deduplicatedBytes)],
          ["kept", (row) => (row.isProtected ? "protected" : null)],
          ["gone after", (row) => showInstant(row.trashEndsAt)],
          ["id", (row) => row.id],
        ],
        options.trashed ? "The trash is empty." : "No archives yet. `bbs plan run <plan>` makes one.",
      );
    });

  archive
    .command("files <archive> [folder]")
    .description("What is in one folder of an archive; without a folder, its top.")
    .action(async (given: string, folder: string | undefined) => {
      const bbs = await session.bbs();
      const { id } = await findArchive(bbs, given);
      const path = Buffer.from((folder ?? "").replace(/^\/+|\/+$/g, "")).toString("base64");
      const { entries, truncated } = await bbs.archives.folder.query({ id, path });
      if (session.out().json) return session.out().print({ entries, truncated }, "");
      session.out().table(
        entries,
        [
          ["mode", (row) => row.mode],
          ["owner", (row) => `${row.user}:${row.group}`],
          ["size", (row) => (row.type === "file" ? showBytes(row.bytes) : "")],
          ["changed", (row) => row.modifiedAt],
          ["name", (row) => showName(row)],
        ],
        "This folder is empty.",
      );
      if (truncated) session.note("There is more than is shown here; name a folder further down.");
    });

  addDownloadCommand(archive, session);
  addTrashCommands(archive, session);
}

function showName(entry: { name: string; type: string; linkTarget: string | null }): string {
  const name = oneLine(Buffer.from(entry.name, "base64").toString("utf8"));
  if (entry.type === "directory") return `${name}/`;
  return entry.linkTarget === null ? name : `${name} -> ${oneLine(entry.linkTarget)}`;
}
