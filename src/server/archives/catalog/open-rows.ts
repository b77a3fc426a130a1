import type postgres from "postgres";
import { bytea, copyRows, text } from "./copy-rows";
import type { FolderItem } from "./folder-frames";
import { inTurn } from "./in-turn";
import { namesPages } from "./names-page";
import { pathList } from "./path-list";

/** Ends that are sent in one statement. */
const ENDS_AT_ONCE = 10_000;

export type OpenRows = ReturnType<typeof openRows>;

/**
 * Everything one archive writes: rows that begin with it, and rows that ended with the one before. It is written beside the caller; the
 * transaction's connection is free again after `finish` or `settle`.
 */
export function openRows(
  tx: postgres.TransactionSql,
  given: { repository: number; position: number; nextFolder: number; nextPage: number },
) {
  const { repository, position } = given;
  let { nextFolder, nextPage } = given;
  let closed = 0;
  const turns = inTurn();
  const into = (table: string, columns: readonly string[]) => copyRows(tx, table, columns, turns);
  const folders = into("catalog_folders", ["repository", "id", "series", "parent", "key", "name"]);
  const totals = into("catalog_totals", ["bytes", "files", "own", "tree", "repository", "folder", "first"]);
  const files = into("catalog_files", ["size", "modified", "repository", "folder", "first", "kind", "name"]);
  const links = into("catalog_links", ["repository", "folder", "first", "name", "target"]);
  const pages = into("catalog_names", ["repository", "id", "folders", "names", "spelled"]);
  const names = namesPages((page) =>
    pages.push([
      ...[repository, nextPage++, `{${page.folders.join(",")}}`],
      ...[text(page.names), bytea(page.spelled.toString("latin1"))],
    ]),
  );
  let ended: { folder: number; name: string }[] = [];
  let endedTotals: number[] = [];
  const endVersions = async () => {
    const taken = ended;
    ended = [];
    await turns.begin(async () => {
      const { count } = await tx`
        update catalog_files f set last = ${position - 1}
        where f.repository = ${repository} and f.ctid = any(array(
          select v.ctid from ${pathList(tx, taken)} e
          cross join lateral (
            select f.ctid from catalog_files f
            where f.repository = ${repository} and f.folder = e.folder and f.name = e.name
              and f.last is null and f.first < ${position}
            offset 0
          ) v))`;
      closed += count;
    });
  };
  const endTotals = async () => {
    const taken = endedTotals;
    endedTotals = [];
    await turns.begin(
      () => tx`
        update catalog_totals t set last = ${position - 1}
        where t.repository = ${repository} and t.folder = any(${taken}::int[])
          and t.last is null and t.first < ${position}`,
    );
  };
  const flushWhenFull = async () => {
    for (const rows of [folders, totals, files, links, pages]) await rows.flushWhenFull();
    if (ended.length >= ENDS_AT_ONCE) await endVersions();
    if (endedTotals.length >= ENDS_AT_ONCE) await endTotals();
  };
  return {
    takeFolderId: () => nextFolder++,
    flushWhenFull,
    folder(row: { id: number; series: number; parent: number | null; key: string; name: string }) {
      folders.push([repository, row.id, row.series, row.parent, row.key, bytea(row.name)]);
    },
    version(folder: number, item: FolderItem) {
      const name = bytea(item.name);
      files.push([item.size, item.modified, repository, folder, position, item.kind, name]);
      if (item.target !== null) links.push([repository, folder, position, name, bytea(item.target)]);
    },
    /** A name that the folder did not hold in the archive before: search must learn it. */
    name(folder: number, name: string) {
      names.add(folder, name);
    },
    end(folder: number, name: string) {
      ended.push({ folder, name });
    },
    total(folder: number, of: { bytes: number; files: number; own: bigint; tree: bigint }) {
      totals.push([of.bytes, of.files, of.own, of.tree, repository, folder, position]);
    },
    endTotal(folder: number) {
      endedTotals.push(folder);
    },
    /** Ends everything below folders that are gone. */
    async endBelow(gone: readonly { folder: number; name: string }[]) {
      if (gone.length === 0) return;
      await turns.done();
      const ids = await tx<{ id: number }[]>`
        with recursive below as (
          select d.id from catalog_folders d
          join ${pathList(tx, gone)} g on d.parent = g.folder and d.name = g.name
          where d.repository = ${repository}
          union all
          select d.id from catalog_folders d join below on d.parent = below.id where d.repository = ${repository}
        ) select id from below`;
      const folders = ids.map(({ id }) => id);
      const { count } = await tx`
        update catalog_files f set last = ${position - 1}
        where f.repository = ${repository} and f.folder = any(${folders}::int[]) and f.last is null and f.first < ${position}`;
      closed += count;
      endedTotals.push(...folders);
    },
    /** Before the transaction is broken off: PostgreSQL takes no other statement while rows are on their way. */
    async settle() {
      await turns.done().catch(() => undefined);
    },
    async finish() {
      names.finish();
      for (const rows of [folders, totals, files, links, pages]) await rows.flush();
      if (ended.length > 0) await endVersions();
      if (endedTotals.length > 0) await endTotals();
      await turns.done();
      return { nextFolder, nextPage, opened: files.rows, closed, totals: totals.rows };
    },
  };
}
