import type postgres from "postgres";

/** The condition that the range of a row of `of` (a table's alias) holds a position. */
export function heldAt(sql: postgres.Sql, of: string, position: number) {
  return sql`${sql(of)}.first <= ${position} and (${sql(of)}.last is null or ${sql(of)}.last >= ${position})`;
}

/**
 * What lay below the folder `d.id` at a position, as `as`, to be joined; nulls: it was not there. OFFSET 0 keeps PostgreSQL from guessing how
 * many folders a walk meets and reading all of a partition for them: each is looked up by its index.
 */
export function totalsAt(sql: postgres.Sql, as: string, repository: number, position: number) {
  return sql`
    left join lateral (
      select t.bytes, t.files, t.own, t.tree from catalog_totals t
      where t.repository = ${repository} and t.folder = d.id and ${heldAt(sql, "t", position)} offset 0
    ) ${sql(as)} on true`;
}

/** The folders directly in `of` (a column), as `d`, to be joined; looked up likewise. */
export function foldersIn(sql: postgres.Sql, of: string, repository: number) {
  return sql`
    cross join lateral (
      select f.id, f.name from catalog_folders f
      where f.repository = ${repository} and f.parent = ${sql(of)} offset 0
    ) d`;
}
