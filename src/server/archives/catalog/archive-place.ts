import type postgres from "postgres";

/** Where an archive stands in the catalog: its versions are those of its series whose range holds its position. */
export interface ArchivePlace {
  repository: number;
  series: number;
  position: number;
}

/** Null: the catalog does not hold this archive (yet). */
export async function archivePlace(sql: postgres.Sql, archiveId: string): Promise<ArchivePlace | null> {
  const [place] = await sql<ArchivePlace[]>`
    select repository, series, position from catalog_archives where archive_id = ${archiveId}`;
  return place ? { ...place } : null;
}

/** The archives of some repositories that the catalog holds, in order. */
export async function placesOf(
  sql: postgres.Sql,
  repositories: readonly number[],
): Promise<(ArchivePlace & { archiveId: string })[]> {
  return sql<(ArchivePlace & { archiveId: string })[]>`
    select archive_id as "archiveId", repository, series, position
    from catalog_archives where repository = any(${[...repositories]}::int[]) order by series, position`;
}
