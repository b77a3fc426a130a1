import type postgres from "postgres";
import { type ItemType, itemType } from "~/borg/archive-items";
import type { ArchivePlace } from "./archive-place";
import { foldersIn, heldAt, totalsAt } from "./held-at";

/** One child of a folder in two archives. Counts of a folder: what differs below it. */
export interface ComparedEntry {
  /** base64 */
  name: string;
  type: ItemType;
  change: "added" | "removed" | "changed";
  bytesBefore: number;
  bytesAfter: number;
  filesBefore: number;
  filesAfter: number;
  added: number;
  changed: number;
  removed: number;
}

type Row = Omit<ComparedEntry, "name" | "type" | "change"> & {
  name: Buffer;
  type: string;
  before: boolean;
  after: boolean;
};

/**
 * What differs directly in a folder between two archives of one series. Folders whose digest of everything below is the same are left out
 * and never entered, so the time is that of what changed. A file that both hold, in different versions, is changed.
 */
export async function comparePlaces(
  sql: postgres.Sql,
  input: { before: ArchivePlace; after: ArchivePlace; folder: number; limit: number },
): Promise<ComparedEntry[]> {
  const { repository } = input.before;
  const [a, b] = [input.before.position, input.after.position];
  const at = (of: string, position: number) => heldAt(sql, of, position);
  const rows = await sql<Row[]>`
    with recursive child as (
      select d.id, d.name, ta.tree as tree_a, tb.tree as tree_b, ta.own as own_a, tb.own as own_b,
        coalesce(ta.bytes, 0) as bytes_a, coalesce(tb.bytes, 0) as bytes_b,
        coalesce(ta.files, 0) as files_a, coalesce(tb.files, 0) as files_b
      from catalog_folders d
      ${totalsAt(sql, "ta", repository, a)}
      ${totalsAt(sql, "tb", repository, b)}
      where d.repository = ${repository} and d.parent = ${input.folder} and ta.tree is distinct from tb.tree
    ), below as (
      select child.id as child, child.id, child.own_a, child.own_b
      from child where child.tree_a is not null and child.tree_b is not null
      union all
      select below.child, d.id, ta.own, tb.own
      from below
      ${foldersIn(sql, "below.id", repository)}
      ${totalsAt(sql, "ta", repository, a)}
      ${totalsAt(sql, "tb", repository, b)}
      where ta.tree is distinct from tb.tree
    ), counted as (
      select below.child, sum(paths.added) as added, sum(paths.changed) as changed, sum(paths.removed) as removed
      from below
      cross join lateral (
        -- Folder by folder: names sort several times faster than names with a folder.
        select count(*) filter (where not before) as added, count(*) filter (where before and after) as changed,
          count(*) filter (where not after) as removed
        from (
          select bool_or(v.before) as before, bool_or(v.after) as after
          from (
            select f.name, f.kind, ${at("f", a)} as before, ${at("f", b)} as after
            from catalog_files f where f.repository = ${repository} and f.folder = below.id offset 0
          ) v
          join catalog_kinds k on k.repository = ${repository} and k.id = v.kind and k.type <> 'd'
          where v.before is distinct from v.after
          group by v.name
        ) path
      ) paths
      where below.own_a is distinct from below.own_b
      group by below.child
    )
    select child.name, 'd' as type, child.tree_a is not null as before, child.tree_b is not null as after,
      child.bytes_a::float8 as "bytesBefore", child.bytes_b::float8 as "bytesAfter",
      child.files_a::float8 as "filesBefore", child.files_b::float8 as "filesAfter",
      coalesce(case when child.tree_a is null then child.files_b else counted.added end, 0)::float8 as added,
      coalesce(counted.changed, 0)::float8 as changed,
      coalesce(case when child.tree_b is null then child.files_a else counted.removed end, 0)::float8 as removed
    from child left join counted on counted.child = child.id
    union all
    select f.name, max(k.type) filter (where k.type <> 'd'), bool_or(${at("f", a)}), bool_or(${at("f", b)}),
      coalesce(sum(f.size) filter (where ${at("f", a)}), 0)::float8, coalesce(sum(f.size) filter (where ${at("f", b)}), 0)::float8,
      (bool_or(${at("f", a)}))::int::float8, (bool_or(${at("f", b)}))::int::float8,
      (not bool_or(${at("f", a)}))::int::float8, (bool_or(${at("f", a)}) and bool_or(${at("f", b)}))::int::float8,
      (not bool_or(${at("f", b)}))::int::float8
    from catalog_files f
    join catalog_kinds k on k.repository = ${repository} and k.id = f.kind and k.type <> 'd'
    where f.repository = ${repository} and f.folder = ${input.folder} and (${at("f", a)}) is distinct from (${at("f", b)})
    group by f.name
    order by name
    limit ${input.limit}`;
  return rows.map(({ name, type, before, after, ...row }) => ({
    ...row,
    name: name.toString("base64"),
    type: itemType(type),
    change: !before ? "added" : !after ? "removed" : "changed",
  }));
}
