import { and, eq, isNull } from "drizzle-orm";
import { catalogSql } from "../catalog-pool";
import type { Ctx } from "../context";
import { repositories } from "../db/schema/repositories";
import { visibleTo } from "../db/visible-to";
import { type FoundVersion, versionsOf } from "./catalog/candidate-versions";
import { findPages } from "./catalog/find-pages";
import { childPath, folderPaths } from "./catalog/folder-paths";
import { type NameQuery, nameMatcher } from "./catalog/name-query";
import { type FileVersion, toVersion } from "./catalog/versions";
import { type HoldingArchive, holding, livingBySeries } from "./living-archives";

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
}

export interface FoundFile extends FileVersion {
  clientId: string;
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

/**
 * Files and folders in all living archives of one client, one repository, or of all clients that the actor may see. Each path once, with its
 * newest version that fits. In the order of the catalog, not of names. What no catalog holds yet is not found.
 */
export async function findFiles(
  ctx: Ctx,
  input: FileSearch,
): Promise<{ items: FoundFile[]; nextCursor: string | null }> {
  const sql = catalogSql();
  const searched = await searchedRepositories(ctx, input);
  if (searched.length === 0) return { items: [], nextCursor: null };
  const living = await livingBySeries(ctx, { repositories: searched });
  const matcher = nameMatcher(input);
  const items: FoundFile[] = [];
  let candidates = 0;
  let from = readCursor(input.cursor);
  for (const repository of searched) {
    if (repository.number < from.number) continue;
    if (repository.number > from.number) from = { number: repository.number, page: 0, at: 0 };
    const wanted = { repository: repository.number, from: from.page, patterns: matcher.patterns };
    for await (const page of findPages(sql, wanted)) {
      const skip = page.id === from.page ? from.at : 0;
      const matches = matcher.matches(page).filter(({ at }) => at >= skip);
      for (let start = 0; start < matches.length; start += CANDIDATES_AT_ONCE) {
        const some = matches.slice(start, start + CANDIDATES_AT_ONCE);
        candidates += some.length;
        for (const { at, file } of await look(some, repository, living, input)) {
          if (items.length === input.limit)
            return { items, nextCursor: `${repository.number}.${page.id}.${at}` };
          items.push(file);
        }
        if (candidates < MOST_CANDIDATES) continue;
        const next = matches[start + CANDIDATES_AT_ONCE];
        const on = next ? `${page.id}.${next.at}` : `${page.id + 1}.0`;
        return { items, nextCursor: `${repository.number}.${on}` };
      }
    }
  }
  return { items, nextCursor: null };
}

async function searchedRepositories(ctx: Ctx, input: FileSearch) {
  const rows = await ctx.db
    .select({ repositoryId: repositories.id, clientId: repositories.clientId })
    .from(repositories)
    .where(
      and(
        isNull(repositories.removedAt),
        visibleTo(ctx.actor, repositories.clientId),
        input.clientId === undefined ? undefined : eq(repositories.clientId, input.clientId),
        input.repositoryId === undefined ? undefined : eq(repositories.id, input.repositoryId),
      ),
    )
    .orderBy(repositories.id);
  const clientOf = new Map(rows.map((row) => [row.repositoryId, row.clientId]));
  const numbered = await catalogSql()<{ number: number; repositoryId: string }[]>`
    select number, repository_id as "repositoryId" from catalog_repositories
    where repository_id = any(${[...clientOf.keys()]}::text[]) order by number`;
  return numbered.map((row) => ({ ...row, clientId: clientOf.get(row.repositoryId) ?? "" }));
}

type Searched = Awaited<ReturnType<typeof searchedRepositories>>[number];

/** What of some matching names is to be shown, in their order. */
async function look(
  matches: readonly { name: string; folder: number; at: number }[],
  repository: Searched,
  living: Awaited<ReturnType<typeof livingBySeries>>,
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
      ...{ clientId: repository.clientId, repositoryId: repository.repositoryId },
      path: Buffer.from(childPath(paths.get(folder) ?? "", name), "latin1").toString("base64"),
      ...shown,
    },
  }));
}

function newestFitting(
  rows: readonly FoundVersion[],
  living: Awaited<ReturnType<typeof livingBySeries>>,
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
  const { position: _, ...archive } = fitting.newest;
  return { row: fitting.row, versions: held.length, deleted, archive };
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
