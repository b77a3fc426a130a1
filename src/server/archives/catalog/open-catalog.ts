import type postgres from "postgres";

/** The number of a repository in the catalog, with its partitions; made when it has none. May run twice and beside itself. */
export async function openCatalog(sql: postgres.Sql, repositoryId: string): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('catalog'), hashtext(${repositoryId}))`;
    const known = await tx<{ number: number }[]>`
      select number from catalog_repositories where repository_id = ${repositoryId}`;
    if (known[0]) return known[0].number;
    const [made] = await tx<{ number: number }[]>`
      insert into catalog_repositories (repository_id) values (${repositoryId}) returning number`;
    if (!made) throw new Error("a repository of the catalog got no number");
    await tx`select catalog_open(${made.number})`;
    return made.number;
  });
}

/** Drops everything the catalog holds of a repository, at once. Nothing there: nothing. */
export async function dropCatalog(sql: postgres.Sql, repositoryId: string): Promise<void> {
  await sql`select catalog_drop(number) from catalog_repositories where repository_id = ${repositoryId}`;
}
