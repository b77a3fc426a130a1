import type postgres from "postgres";

/**
 * Paths as a table `(folder, name, at)` of a query, `at` from 1. As hexadecimal text: postgres.js has no arrays of bytes.
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
