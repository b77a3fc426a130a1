import { z } from "zod";
import { type ItemType, itemType } from "~/borg/archive-items";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { catalogSql } from "../../catalog-pool";
import type { Ctx } from "../../context";
import { archivePlace } from "../catalog/archive-place";
import { childPath, folderPaths } from "../catalog/folder-paths";
import { instantOf } from "../catalog/versions";
import { getArchive } from "../get-archive";
import { changedPaths, hasOtherContent } from "./changed-paths";
import { differingFolders, ownOf } from "./differing-folders";
import { readSuspicion } from "./get-suspicion";

/** One file that a backup found other than the one before, and its last version before. */
export interface ChangedFile {
  /** base64 */
  path: string;
  type: ItemType;
  change: "added" | "removed" | "changed";
  bytesBefore: number | null;
  bytesAfter: number | null;
  /** When the last version before was written on the machine; null: there was none. */
  modifiedBefore: string | null;
}

/** Folders that are asked at once. */
const FOLDERS_AT_ONCE = 500;

const cursorShape = z.tuple([z.number().int(), z.string()]);

/**
 * A page of the files that differ between an archive and the one that it was scored against, by folder. The last version before is in that
 * one: `beforeArchiveId`. Mode or owner alone are left out. Refuses archive-missing, storage-unavailable (the catalog does not hold both).
 */
export async function changedFiles(
  ctx: Ctx,
  may: Authorized<"view">,
  input: { archiveId: string; cursor?: string | null | undefined; limit: number },
): Promise<{ items: ChangedFile[]; nextCursor: string | null }> {
  await getArchive(ctx, may, input);
  const scored = await readSuspicion(ctx, input.archiveId);
  const sql = catalogSql();
  const after = await archivePlace(sql, input.archiveId);
  const before = scored?.beforeArchiveId ? await archivePlace(sql, scored.beforeArchiveId) : null;
  if (!after || !before || after.series !== before.series)
    throw new Refusal("storage-unavailable", {
      say: "The catalog does not hold this archive and the one before it, so single files cannot be shown.",
    });
  const [fromFolder, fromName] = decode(input.cursor);
  const ids: number[] = [];
  for await (const folders of differingFolders(sql, { before, after }))
    for (const id of ownOf(folders)) if (id >= fromFolder) ids.push(id);
  ids.sort((a, b) => a - b);
  const rows: Row[] = [];
  for (let at = 0; at < ids.length && rows.length <= input.limit; at += FOLDERS_AT_ONCE) {
    const folders = ids.slice(at, at + FOLDERS_AT_ONCE);
    const some = await sql<Row[]>`
      select c.folder, c.name, c.before, c.after, coalesce(c.type_after, c.type_before) as type,
        c.bytes_before::float8 as "bytesBefore", c.bytes_after::float8 as "bytesAfter",
        c.modified_before::float8 as "modifiedBefore"
      from ${changedPaths(sql, { before, after, folders })} c
      where (not (before and after) or ${hasOtherContent(sql)})
        and (c.folder, c.name) > (${fromFolder}, decode(${fromName}, 'hex'))
      order by c.folder, c.name limit ${input.limit + 1 - rows.length}`;
    rows.push(...some);
  }
  const page = rows.slice(0, input.limit);
  const paths = await folderPaths(
    sql,
    after.repository,
    page.map(({ folder }) => folder),
  );
  const last = page.at(-1);
  return {
    items: page.map(({ folder, name, type, modifiedBefore, ...row }) => ({
      path: Buffer.from(childPath(paths.get(folder) ?? "", name.toString("latin1")), "latin1").toString(
        "base64",
      ),
      type: itemType(type),
      change: !row.before ? "added" : !row.after ? "removed" : "changed",
      ...{
        bytesBefore: row.bytesBefore,
        bytesAfter: row.bytesAfter,
        modifiedBefore: instantOf(modifiedBefore),
      },
    })),
    nextCursor:
      rows.length > page.length && last ? JSON.stringify([last.folder, last.name.toString("hex")]) : null,
  };
}

interface Row {
  folder: number;
  name: Buffer;
  before: boolean;
  after: boolean;
  type: string;
  bytesBefore: number | null;
  bytesAfter: number | null;
  modifiedBefore: number | null;
}

function decode(cursor: string | null | undefined): [number, string] {
  if (!cursor) return [0, ""];
  try {
    const [folder, name] = cursorShape.parse(JSON.parse(cursor));
    if (/^([0-9a-f]{2})*$/.test(name)) return [folder, name];
  } catch {
    // Answered below: no cursor of ours.
  }
  throw new Refusal("invalid-input", { say: "This page cannot be continued. Open it again." });
}
