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
  const read = (which: ReturnType<typeof sql>) => sql<DifferingFolder[]>`
    select d.id, ta.own is distinct from tb.own as own
    from catalog_folders d
    left join catalog_totals ta on ta.repository = ${repository} and ta.folder = d.id and ${heldAt(sql, "ta", before.position)}
    left join catalog_totals tb on tb.repository = ${repository} and tb.folder = d.id and ${heldAt(sql, "tb", after.position)}
    where d.repository = ${repository} and ${which} and ta.tree is distinct from tb.tree`;
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
