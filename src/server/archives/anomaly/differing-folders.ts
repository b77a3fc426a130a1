import type postgres from "postgres";
import type { ArchivePlace } from "../catalog/archive-place";
import { heldAt } from "../catalog/held-at";
import { findFolder } from "../catalog/list-entries";

/** Folders that are asked about in one statement. */
const AT_ONCE = 500;

export interface DifferingFolder {
  id: number;
  /** What lies directly in it differs; else only what is further below. */
  own: boolean;
}

/**
 * The folders that differ between two archives of a series, from the top down, some hundred at a time. Only folders whose digests differ are
 * entered, each by index, so the time is that of what changed. Memory: one level of the branches that are open.
 */
export async function* differingFolders(
  sql: postgres.Sql,
  { before, after }: { before: ArchivePlace; after: ArchivePlace },
): AsyncGenerator<DifferingFolder[]> {
  const { repository } = after;
  const top = (await findFolder(sql, after, "")) ?? (await findFolder(sql, before, ""));
  if (top === null) return;
  // One step into the index for each folder: without the limit PostgreSQL would rather read all totals once.
  const total = (position: number) => sql`lateral (
    select t.own, t.tree from catalog_totals t
    where t.repository = ${repository} and t.folder = d.id and ${heldAt(sql, "t", position)} limit 1)`;
  const read = (which: ReturnType<typeof sql>) => sql<DifferingFolder[]>`
    select d.id, a.own is distinct from b.own as own
    from catalog_folders d
    left join ${total(before.position)} a on true
    left join ${total(after.position)} b on true
    where d.repository = ${repository} and ${which} and a.tree is distinct from b.tree`;
  const first = await read(sql`d.id = ${top}`);
  if (first.length > 0) yield [...first];
  const open = first.map(({ id }) => id);
  while (open.length > 0) {
    const parents = open.splice(-AT_ONCE);
    const children = await read(sql`d.parent = any(${parents}::int[])`);
    for (const { id } of children) open.push(id);
    for (let from = 0; from < children.length; from += AT_ONCE) yield children.slice(from, from + AT_ONCE);
  }
}

/** The numbers of those whose own items differ. */
export const ownOf = (folders: readonly DifferingFolder[]) =>
  folders.filter(({ own }) => own).map(({ id }) => id);
