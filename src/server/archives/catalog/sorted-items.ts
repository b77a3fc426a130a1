import type postgres from "postgres";
import type { ArchiveItem } from "~/borg/archive-items";
import { bytea, copyRows, text } from "./copy-rows";

/** Items read back at once. */
const AT_ONCE = 5000;

/**
 * The same items, depth first with siblings by name: for archives whose order is another (tar files taken in, lists of paths, sources that
 * lie in one another). PostgreSQL sorts them in a table of this connection, on its disk and not in our memory.
 */
export async function* sortedItems(
  sql: postgres.Sql,
  items: AsyncIterable<readonly ArchiveItem[]>,
): AsyncGenerator<ArchiveItem[]> {
  const own = await sql.reserve();
  try {
    await own`create temporary table if not exists catalog_sorting (path bytea, at bigint, item text)`;
    await own`delete from catalog_sorting`;
    let at = 0;
    const into = copyRows(own, "catalog_sorting", ["path", "at", "item"]);
    for await (const piece of items) {
      for (const item of piece) {
        // A slash sorts before every other byte, so that what is below a folder follows it.
        into.push([bytea(item.path.replaceAll("/", "\0")), at++, text(JSON.stringify(item))]);
      }
      await into.flushWhenFull();
    }
    await into.flush();
    const sorted = own<{ item: string }[]>`select item from catalog_sorting order by path, at`;
    for await (const rows of sorted.cursor(AT_ONCE))
      yield rows.map(({ item }) => JSON.parse(item) as ArchiveItem);
    await own`drop table catalog_sorting`;
  } finally {
    own.release();
  }
}
