import type postgres from "postgres";

/** Rows deleted in one statement, so that no transaction is long. */
const AT_ONCE = 50_000;

/**
 * Forgets archives that live no more, and then the versions and totals whose range holds no living one. Nothing to forget: one query. Ended
 * ranges only: what is still open is what the next archive is compared with. May be cut off: the archives are forgotten last.
 */
export async function sweepArchives(
  sql: postgres.Sql,
  given: { repository: number; living: readonly string[] },
): Promise<void> {
  const { repository } = given;
  const gone = await sql<{ archiveId: string; series: number }[]>`
    select archive_id as "archiveId", series from catalog_archives
    where repository = ${repository} and archive_id <> all(${[...given.living]}::text[])`;
  if (gone.length === 0) return;
  const goneIds = gone.map(({ archiveId }) => archiveId);
  for (const series of new Set(gone.map((archive) => archive.series))) {
    const positions = await sql<{ position: number }[]>`
      select position from catalog_archives
      where series = ${series} and archive_id <> all(${goneIds}::text[]) order by position`;
    await sweepSeries(sql, { repository, series, living: positions.map(({ position }) => position) });
  }
  await sql`delete from catalog_archives where archive_id = any(${goneIds}::text[])`;
}

/** Deletes the ended versions and totals of a series whose range holds none of the `living` positions (ascending). */
export async function sweepSeries(
  sql: postgres.Sql | postgres.TransactionSql,
  { repository, series, living }: { repository: number; series: number; living: number[] },
): Promise<void> {
  // A range holds no living position when as many of them are before its begin as up to its end.
  const dead = (of: string) => sql`
      ${sql(of)}.repository = ${repository} and ${sql(of)}.last is not null
      and width_bucket(${sql(of)}.last, ${living}::int[]) = width_bucket(${sql(of)}.first - 1, ${living}::int[])`;
  const inSeries = sql`select id from catalog_folders where repository = ${repository} and series = ${series}`;
  await untilNone(
    () => sql`
        with dead as (
          select f.ctid, f.folder, f.name, f.first from catalog_files f
          where ${dead("f")} and f.folder in (${inSeries}) limit ${AT_ONCE}
        ), links as (
          delete from catalog_links l using dead
          where l.repository = ${repository} and l.folder = dead.folder and l.name = dead.name and l.first = dead.first
        )
        delete from catalog_files f using dead where f.repository = ${repository} and f.ctid = dead.ctid`,
  );
  await untilNone(
    () => sql`
        delete from catalog_totals t where t.repository = ${repository} and t.ctid = any(array(
          select t.ctid from catalog_totals t where ${dead("t")} and t.folder in (${inSeries}) limit ${AT_ONCE}))`,
  );
}

async function untilNone(remove: () => PromiseLike<{ count: number }>): Promise<void> {
  for (;;) {
    const { count } = await remove();
    if (count < AT_ONCE) return;
  }
}
