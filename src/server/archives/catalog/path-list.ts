import type postgres from "postgres";

/**
 * Paths as a table `(folder, name, at)` of a query, `at` from 1. As hexadecimal text: postgres.js has no arrays of bytes.
 *
 * Rows are looked up for them in a `lateral` of its own (`offset 0` keeps PostgreSQL from making it a join): of a partition that was just
 * written it has no statistics, and would go through all of it for each path.
 */
export function pathList(
  sql: postgres.Sql | postgres.TransactionSql,
  paths: readonly { folder: number; name: string }[],
) {
  const folders = paths.map((path) => path.folder);
  const names = paths.map((path) => Buffer.from(path.name, "latin1").toString("hex"));
  return sql`(
    select folder, decode(hex, 'hex') as name, at
    from unnest(${folders}::int[], ${names}::text[]) with ordinality given(folder, hex, at))`;
}
