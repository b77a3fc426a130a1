import type postgres from "postgres";

/** The condition that the range of a row of `of` (a table's alias) holds a position. */
export function heldAt(sql: postgres.Sql, of: string, position: number) {
  return sql`${sql(of)}.first <= ${position} and (${sql(of)}.last is null or ${sql(of)}.last >= ${position})`;
}
