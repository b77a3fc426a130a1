import type postgres from "postgres";
import type { ArchivePlace } from "../catalog/archive-place";
import { heldAt } from "../catalog/held-at";

/**
 * A query of the paths in some folders that two archives hold in different versions, or one of them does not hold; folders themselves left
 * out. `before`, `after`: whether it is there. Two rows for `notes` that changed and `new` that came:
 * `(7, notes, true, true, 10, 12, …)`, `(7, new, false, true, null, 5, …)`.
 */
export function changedPaths(
  sql: postgres.Sql,
  given: { before: ArchivePlace; after: ArchivePlace; folders: readonly number[] },
) {
  const { repository } = given.after;
  const a = sql`(${heldAt(sql, "f", given.before.position)})`;
  const b = sql`(${heldAt(sql, "f", given.after.position)})`;
  return sql`(
    select f.folder, f.name, bool_or(${a}) as before, bool_or(${b}) as after,
      max(f.size) filter (where ${a}) as bytes_before, max(f.size) filter (where ${b}) as bytes_after,
      max(f.modified) filter (where ${a}) as modified_before, max(f.modified) filter (where ${b}) as modified_after,
      max(k.type) filter (where ${a}) as type_before, max(k.type) filter (where ${b}) as type_after
    from catalog_files f
    join catalog_kinds k on k.repository = ${repository} and k.id = f.kind and k.type <> 'd'
    where f.repository = ${repository} and f.folder = any(${[...given.folders]}::int[]) and ${a} is distinct from ${b}
    group by f.folder, f.name)`;
}

/** Another content, as far as the catalog can tell; mode and owner alone are none. Of a row of {@link changedPaths} that is there in both. */
export function hasOtherContent(sql: postgres.Sql) {
  return sql`(bytes_before, modified_before, type_before) is distinct from (bytes_after, modified_after, type_after)`;
}

/**
 * The ending of a name in lower case, `''` for none. Numbers stand as `#`: `syslog.1` and `syslog.2`, `log-20261123` and the next day's are
 * of one kind. Bytes that are no ASCII stand escaped.
 */
export function extensionOf(sql: postgres.Sql) {
  const ending = sql`coalesce(lower(substring(encode(name, 'escape') from '[^.][.]([^.]{1,24})$')), '')`;
  return sql`(case when ${ending} ~ '^[0-9]+$' then '#' else regexp_replace(${ending}, '[0-9]{4,}', '#', 'g') end)`;
}
