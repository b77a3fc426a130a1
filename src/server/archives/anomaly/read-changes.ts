import type postgres from "postgres";
import type { BackupChanges } from "~/domain/anomaly-features";
import type { ArchivePlace } from "../catalog/archive-place";
import { changedPaths, extensionOf, hasOtherContent } from "./changed-paths";
import { differingFolders, ownOf } from "./differing-folders";

/** Rows in memory at once. */
const AT_ONCE = 5000;
/** Kinds of names that are counted one by one; an encryption that gives each file its own has no end of them. */
const MOST_KINDS = 20_000;
const SHOWN_KINDS = 12;

interface Row {
  folder: number;
  extension: string;
  added: number;
  addedBytes: number;
  removed: number;
  removedBytes: number;
  changed: number;
  bytesBefore: number;
  bytesAfter: number;
}

/** What happened to the files of a plan from one archive to the next, counted by PostgreSQL, a few hundred folders at a time. */
export async function readChanges(
  sql: postgres.Sql,
  places: { before: ArchivePlace; after: ArchivePlace },
): Promise<BackupChanges> {
  const total: BackupChanges = {
    ...{ added: { files: 0, bytes: 0 }, removed: { files: 0, bytes: 0 }, replaced: { files: 0, bytes: 0 } },
    ...{ changed: { files: 0, bytesBefore: 0, bytesAfter: 0 }, extensionShift: 0, extensions: [] },
  };
  const kinds = countKinds();
  for await (const folders of differingFolders(sql, places)) {
    const byFolder = new Map<number, { added: number; addedBytes: number; removed: number }>();
    const rows = sql<Row[]>`
      select folder, ${extensionOf(sql)} as extension,
        (count(*) filter (where not before))::float8 as added,
        coalesce(sum(bytes_after) filter (where not before), 0)::float8 as "addedBytes",
        (count(*) filter (where not after))::float8 as removed,
        coalesce(sum(bytes_before) filter (where not after), 0)::float8 as "removedBytes",
        (count(*) filter (where before and after and ${hasOtherContent(sql)}))::float8 as changed,
        coalesce(sum(bytes_before) filter (where before and after and ${hasOtherContent(sql)}), 0)::float8 as "bytesBefore",
        coalesce(sum(bytes_after) filter (where before and after and ${hasOtherContent(sql)}), 0)::float8 as "bytesAfter"
      from ${changedPaths(sql, { ...places, folders: ownOf(folders) })} c
      group by 1, 2`;
    for await (const some of rows.cursor(AT_ONCE))
      for (const row of some) {
        add(total, row);
        kinds.add(row);
        const there = byFolder.get(row.folder) ?? { added: 0, addedBytes: 0, removed: 0 };
        there.added += row.added;
        there.addedBytes += row.addedBytes;
        there.removed += row.removed;
        byFolder.set(row.folder, there);
      }
    for (const { added, addedBytes, removed } of byFolder.values()) {
      const replaced = Math.min(added, removed);
      total.replaced.files += replaced;
      if (added > 0) total.replaced.bytes += Math.round((addedBytes * replaced) / added);
    }
  }
  return { ...total, ...kinds.result() };
}

function add({ added, removed, changed }: BackupChanges, row: Row): void {
  added.files += row.added;
  added.bytes += row.addedBytes;
  removed.files += row.removed;
  removed.bytes += row.removedBytes;
  changed.files += row.changed;
  changed.bytesBefore += row.bytesBefore;
  changed.bytesAfter += row.bytesAfter;
}

function countKinds() {
  const kinds = new Map<string, { came: number; went: number; changed: number }>();
  const beyond = { came: 0, went: 0 };
  return {
    add({ extension, added, removed, changed }: Row) {
      const there = kinds.get(extension);
      if (!there && kinds.size >= MOST_KINDS) {
        beyond.came += added;
        beyond.went += removed;
        return;
      }
      const kind = there ?? { came: 0, went: 0, changed: 0 };
      kind.came += added;
      kind.went += removed;
      kind.changed += changed;
      kinds.set(extension, kind);
    },
    result(): Pick<BackupChanges, "extensionShift" | "extensions"> {
      let { came: grown, went: shrunk } = beyond;
      for (const { came, went } of kinds.values()) {
        grown += Math.max(0, came - went);
        shrunk += Math.max(0, went - came);
      }
      const extensions = [...kinds]
        .map(([extension, kind]) => ({ extension, ...kind }))
        .sort((a, b) => b.came + b.went + b.changed - (a.came + a.went + a.changed))
        .slice(0, SHOWN_KINDS);
      return { extensionShift: Math.min(grown, shrunk), extensions };
    },
  };
}
