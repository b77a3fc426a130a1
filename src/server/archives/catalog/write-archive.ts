import type postgres from "postgres";
import type { ArchiveItem } from "~/borg/archive-items";
import { compareFolders } from "./compare-folders";
import { type Frame, folderFrames, NotInOrder } from "./folder-frames";
import { readKinds } from "./kinds";
import { openRows } from "./open-rows";
import { sortedItems } from "./sorted-items";
import { sweepSeries } from "./sweep-archives";

/** Reads all items of the archive, in pieces; called again when they must be sorted first. */
export type ReadItems = () => AsyncIterable<readonly ArchiveItem[]>;

export interface WriteInput {
  /** catalog_repositories.number */
  repository: number;
  /** Null: made by no plan of ours. */
  planId: string | null;
  archiveId: string;
}

export interface Written {
  items: number;
  /** Rows of versions written and ended; of folders' totals likewise. */
  opened: number;
  closed: number;
  totals: number;
}

/** Folders, or items in them, that are compared with the last state at once. */
const FOLDERS_AT_ONCE = 500;
const ITEMS_AT_ONCE = 20_000;

/**
 * Writes an archive as what differs from the one before in its series, in one transaction: a crash in the middle leaves everything as it
 * was, and the archive is written again. Of an unchanged folder nothing is read but a digest. Twice for the same archive: nothing.
 * Memory: the folders on the way down (folder-frames.ts) and what is compared at once. The partitions must be there (open-catalog.ts).
 */
export async function writeArchive(
  sql: postgres.Sql,
  input: WriteInput,
  readItems: ReadItems,
): Promise<Written | null> {
  try {
    return await writeOnce(sql, input, readItems(), { sorted: false });
  } catch (problem) {
    if (!(problem instanceof NotInOrder)) throw problem;
    return await writeOnce(sql, input, sortedItems(sql, readItems()), { sorted: true });
  }
}

async function writeOnce(
  sql: postgres.Sql,
  input: WriteInput,
  items: AsyncIterable<readonly ArchiveItem[]>,
  given: { sorted: boolean },
): Promise<Written | null> {
  const { repository, planId, archiveId } = input;
  return sql.begin(async (tx) => {
    // One writer per repository; also what makes reading the last state over other connections sound.
    const [counters] = await tx<{ nextFolder: number; nextPage: number }[]>`
      select next_folder as "nextFolder", next_page as "nextPage"
      from catalog_repositories where number = ${repository} for update`;
    if (!counters) return null;
    const [there] = await tx`select 1 from catalog_archives where archive_id = ${archiveId}`;
    if (there) return null;
    const series = await takePosition(tx, repository, planId);
    const kinds = await readKinds(sql, repository);
    const rows = openRows(tx, { repository, position: series.position, ...counters });
    const frames = folderFrames(kinds.kindOf, given);
    let waiting: Frame[] = [];
    let waitingItems = 0;
    let count = 0;
    const compare = async (atLeast: { folders: number; items: number }) => {
      for (const frame of frames.take()) {
        waiting.push(frame);
        waitingItems += frame.items.length;
      }
      if (waiting.length < atLeast.folders && waitingItems < atLeast.items) return;
      const taken = waiting;
      waiting = [];
      waitingItems = 0;
      await compareFolders(sql, { repository, series: series.id }, taken, rows);
    };
    const writeAll = async () => {
      for await (const piece of items) {
        count += piece.length;
        for (const item of piece) frames.add(item);
        await compare({ folders: FOLDERS_AT_ONCE, items: ITEMS_AT_ONCE });
      }
      frames.finish();
      await compare({ folders: 0, items: 0 });
      return rows.finish();
    };
    const done = await writeAll().catch(async (error: unknown) => {
      await rows.settle();
      throw error;
    });
    for (let from = 0; from < kinds.fresh.length; from += 1000) {
      const fresh = kinds.fresh.slice(from, from + 1000).map((kind) => ({ repository, ...kind }));
      await tx`insert into catalog_kinds ${tx(fresh)}`;
    }
    await sweepWhatNobodySaw(tx, { repository, series });
    await tx`update catalog_repositories set ${tx({ next_folder: done.nextFolder, next_page: done.nextPage })}
      where number = ${repository}`;
    await tx`insert into catalog_archives ${tx({ archive_id: archiveId, repository, series: series.id, position: series.position })}`;
    return { items: count, opened: done.opened, closed: done.closed, totals: done.totals };
  });
}

/**
 * When the archives right before this one were forgotten already, what they alone held was still open until now, for comparison: it has just
 * ended without ever being in an archive that lives.
 */
async function sweepWhatNobodySaw(
  tx: postgres.TransactionSql,
  { repository, series }: { repository: number; series: { id: number; position: number } },
) {
  const places = await tx<{ position: number }[]>`
    select position from catalog_archives where series = ${series.id} order by position`;
  const living = places.map(({ position }) => position);
  if (series.position === 1 || living.at(-1) === series.position - 1) return;
  await sweepSeries(tx, { repository, series: series.id, living });
}

/** The next place in the series of a plan; never given again once the transaction is through. */
async function takePosition(tx: postgres.TransactionSql, repository: number, planId: string | null) {
  const [series] = await tx<{ id: number; position: number }[]>`
    insert into catalog_series (repository, plan_id, next_position) values (${repository}, ${planId}, 2)
    on conflict (repository, plan_id) do update set next_position = catalog_series.next_position + 1
    returning id, next_position - 1 as position`;
  if (!series) throw new Error("a series has no position to give");
  return series;
}
