import { showPath } from "~/domain/archive-path";
import {
  type DownloadFormat,
  MOST_DOWNLOAD_PATH_BYTES,
  MOST_DOWNLOAD_PATHS,
  TICKET_SECONDS,
} from "~/domain/download";
import type { ArchiveId } from "~/domain/id";
import type { Authorized, UserActor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { safeName } from "~/domain/safe-name";
import type { Ctx } from "../../context";
import { newId } from "../../db/new-id";
import { downloads } from "../../db/schema/downloads";
import { appendEntry } from "../../journal/append-entry";
import { hashToken, newToken } from "../../token";
import { livingArchive } from "./living-archive";
import { tellPaths } from "./tell-paths";

export interface Ticket {
  /** Where a GET by the same person begins it, once and soon. */
  url: string;
  fileName: string;
  expiresAt: Date;
}

/**
 * Gives a ticket for files of an archive: `paths` with all below them, none: the whole archive. Nothing is read yet. One file, or a preview
 * of it, is exactly one path. Refuses archive-missing, invalid-input.
 */
export async function prepareDownload(
  ctx: Ctx & { actor: UserActor },
  may: Authorized<"restore">,
  input: { archiveId: ArchiveId; paths: string[]; format: DownloadFormat },
): Promise<Ticket> {
  const { format } = input;
  const paths = demandPaths(input);
  const ticket = newToken("bbsd_");
  const expiresAt = new Date(ctx.now.getTime() + TICKET_SECONDS * 1000);
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const archive = await livingArchive(inTx, may, input);
    const fileName = nameOf(archive.name, paths, format);
    await tx.insert(downloads).values({
      ...{ id: newId(), ticketHash: hashToken(ticket), userId: ctx.actor.userId, archiveId: archive.id },
      ...{ format, paths, fileName, createdAt: ctx.now, expiresAt },
    });
    await appendEntry(inTx, {
      action: "download.asked",
      say: `Asked to ${format === "preview" ? "look at" : "download"} ${tellPaths(paths)} of the archive ${archive.name}.`,
      ...{ clientId: may.clientId, repositoryId: archive.repositoryId },
      detail: journalDetail(archive.id, format, paths),
    });
    return { url: `/api/downloads/${ticket}`, fileName, expiresAt };
  });
}

/** What the journal keeps of a download: the first paths and how many there were. */
export function journalDetail(archiveId: string, format: DownloadFormat, paths: readonly string[]) {
  return { archiveId, format, count: paths.length, paths: paths.slice(0, 20).map(showPath) };
}

function demandPaths({ paths, format }: { paths: string[]; format: DownloadFormat }): string[] {
  const bytes = paths.map((path) =>
    Buffer.from(path, "base64")
      .toString("latin1")
      .replace(/^\/+|\/+$/g, ""),
  );
  const wrong = bytes.find((path) => path === "" || path.includes("\0"));
  if (wrong !== undefined) throw new Refusal("invalid-input", { say: "One of the paths is none." });
  if ((format === "file" || format === "preview") && paths.length !== 1) {
    throw new Refusal("invalid-input", { say: "Name one file." });
  }
  const total = bytes.reduce((sum, path) => sum + path.length, 0);
  if (paths.length > MOST_DOWNLOAD_PATHS || total > MOST_DOWNLOAD_PATH_BYTES) {
    throw new Refusal("invalid-input", {
      say: `These are too many at once. Select their folder, or at most ${MOST_DOWNLOAD_PATHS} files.`,
    });
  }
  return bytes.map((path) => Buffer.from(path, "latin1").toString("base64"));
}

function nameOf(archiveName: string, paths: readonly string[], format: DownloadFormat): string {
  const [only] = paths;
  const last = only === undefined || paths.length > 1 ? null : Buffer.from(only, "base64");
  const name = safeName(last ? last.subarray(last.lastIndexOf(0x2f) + 1) : Buffer.from(archiveName));
  return format === "file" || format === "preview" ? name : `${name}.${format}`;
}
