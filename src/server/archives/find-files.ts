import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { type FoundVersion, versionsOf } from "./catalog/candidate-versions";
import { findPages } from "./catalog/find-pages";
import { childPath, folderPaths } from "./catalog/folder-paths";
import { type NameQuery, nameMatcher } from "./catalog/name-query";
import { type FileVersion, toVersion } from "./catalog/versions";
import { type HoldingArchive, holding, livingBySeries, withoutPosition } from "./living-archives";
import { type SearchedRepository, searchedRepositories } from "./searched-repositories";

export interface FileSearch extends NameQuery {
  clientId?: string | undefined;
  repositoryId?: string | undefined;
  leastBytes?: number | undefined;
  mostBytes?: number | undefined;
  modifiedAfter?: Date | undefined;
  modifiedBefore?: Date | undefined;
  /** Only what the newest archive of its series no longer holds. */
  deletedOnly?: boolean | undefined;
  cursor?: string | null | undefined;
  limit: number;
  signal?: AbortSignal | undefined;
}

export interface FoundFile extends FileVersion {
  clientId: string;
  clientName: string;
  repositoryId: string;
  /** base64 */
  path: string;
  versions: number;
  /** The newest archive of its series does not hold it. */
  deleted: boolean;
  /** The newest archive that holds the version shown. */
  archive: HoldingArchive;
}

/** Names looked at for one page of answers; beyond it the page may be short, and `nextCursor` goes on. */
const MOST_CANDIDATES = 5000;
const CANDIDATES_AT_ONCE = 100;
/** Repositories looked through for one page of answers; likewise. */
const MOST_REPOSITORIES = 100;

/**
 * Files and folders in all living archives of one client, one repository, or of all clients that the actor may see. Each path once, with its
 * newest version that fits. In the order of the catalog, not of names. What no catalog holds yet is not found. A page may be short or empty
 * and still have a `nextCursor`. Throws what `signal` was ended with: who typed on does not keep the database busy.
 */
export async function findFiles(
  ctx: Ctx,
  input: FileSearch,
): Promise<{ items: FoundFile[]; nextCursor: string | null }> {
  const sql = catalogSql();
  let from = readCursor(input.cursor);
  const searched = await searchedRepositories(ctx, {
    ...{ clientId: input.clientId, repositoryId: input.repositoryId },
    ...{ from: from.number, limit: MOST_REPOSITORIES + 1 },
  });
  const matcher = nameMatcher(input);
  const items: FoundFile[] = [];
  let candidates = 0;
  for (const repository of searched.slice(0, MOST_REPOSITORIES)) {
    if (repository.number > from.number) from = { number: repository.number, page: 0, at: 0 };
    let living: Living | undefined;
    const { number, pages } = repository;
    const wanted = { repository: number, pages, from: from.page, patterns: matcher.patterns };
    for await (const page of findPages(sql, wanted)) {
      input.signal?.throwIfAborted();
      const skip = page.id === from.page ? from.at : 0;
      const matches = matcher.matches(page).filter(({ at }) => at >= skip);
      for (let start = 0; start < matches.length; start += CANDIDATES_AT_ONCE) {
        const some = matches.slice(start, start + CANDIDATES_AT_ONCE);
        candidates += some.length;
        // Not before something of it matches: most repositories hold nothing of a name.
        living ??= await livingBySeries(ctx, { repositories: [repository] });
        for (const { at, file } of await look(some, repository, living, input)) {
          if (items.length === input.limit) return { items, nextCursor: `${number}.${page.id}.${at}` };
          items.push(file);
        }
        if (candidates < MOST_CANDIDATES) continue;
        const next = matches[start + CANDIDATES_AT_ONCE];
        const on = next ? `${page.id}.${next.at}` : `${page.id + 1}.0`;
        return { items, nextCursor: `${number}.${on}` };
      }
    }
  }
  const next = searched[MOST_REPOSITORIES];
  return { items, nextCursor: next ? `${next.number}.0.0` : null };
}

type Living = Awaited<ReturnType<typeof livingBySeries>>;

/** What of some matching names is to be shown, in their order. */
async function look(
  matches: readonly { name: string; folder: number; at: number }[],
  repository: SearchedRepository,
  living: Living,
  input: FileSearch,
): Promise<{ at: number; file: FoundFile }[]> {
  const sql = catalogSql();
  const versionsByPath = new Map<string, FoundVersion[]>();
  for (const row of await versionsOf(sql, repository.number, matches)) {
    const path = `${row.folder}/${row.name.toString("latin1")}`;
    versionsByPath.set(path, [...(versionsByPath.get(path) ?? []), row]);
  }
  const kept = matches.flatMap(({ name, folder, at }) => {
    const versions = versionsByPath.get(`${folder}/${name}`) ?? [];
    const shown = newestFitting(versions, living, input);
    return shown ? [{ at, name, folder, shown }] : [];
  });
  const paths = await folderPaths(
    sql,
    repository.number,
    kept.map(({ folder }) => folder),
  );
  return kept.map(({ at, name, folder, shown: { row, ...shown } }) => ({
    at,
    file: {
      ...toVersion(row),
      ...{ clientId: repository.clientId, clientName: repository.clientName },
      repositoryId: repository.repositoryId,
      path: Buffer.from(childPath(paths.get(folder) ?? "", name), "latin1").toString("base64"),
      ...shown,
    },
  }));
}

function newestFitting(
  rows: readonly FoundVersion[],
  living: Living,
  input: FileSearch,
): { row: FoundVersion; versions: number; deleted: boolean; archive: HoldingArchive } | null {
  const held = rows.flatMap((row) => {
    const newest = holding(living.get(row.series), row).at(-1);
    return newest ? [{ row, newest }] : [];
  });
  const last = held.at(-1);
  if (!last) return null;
  const deleted = last.newest.position !== living.get(last.row.series)?.at(-1)?.position;
  if (input.deletedOnly && !deleted) return null;
  const fitting = held.findLast(({ row }) => fits(row, input));
  if (!fitting) return null;
  return { row: fitting.row, versions: held.length, deleted, archive: withoutPosition(fitting.newest) };
}

function fits(row: FoundVersion, input: FileSearch): boolean {
  const { leastBytes, mostBytes, modifiedAfter, modifiedBefore } = input;
  const bySize = leastBytes !== undefined || mostBytes !== undefined;
  const byDate = modifiedAfter !== undefined || modifiedBefore !== undefined;
  if (bySize && (row.type === "d" || row.size < (leastBytes ?? 0) || row.size > (mostBytes ?? Infinity)))
    return false;
  if (!byDate) return true;
  const at = row.modified === null ? null : row.modified / 1000;
  return at !== null && at >= Number(modifiedAfter ?? -Infinity) && at < Number(modifiedBefore ?? Infinity);
}

/** From the beginning when there is none, or one that we did not write. */
function readCursor(cursor: string | null | undefined): { number: number; page: number; at: number } {
  const [, number, page, at] = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(cursor ?? "") ?? [];
  return { number: Number(number ?? 0), page: Number(page ?? 0), at: Number(at ?? 0) };
}
