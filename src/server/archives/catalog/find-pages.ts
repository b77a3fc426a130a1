import type postgres from "postgres";
import type { NamesPage } from "./names-page";

export type FoundPage = NamesPage & { id: number };

/** Pages read one after the other before the index of letters is asked: a text that is everywhere is found in them at once. */
const NEAR_PAGES = 48;
const AT_ONCE = 32;

/** Pages of names that fit all patterns (LIKE), in order, from one of them on. `pages`: the number of the next one to be written; absent: not known. Read as far as the caller goes. */
export async function* findPages(
  sql: postgres.Sql,
  input: { repository: number; pages?: number; from: number; patterns: readonly string[] },
): AsyncGenerator<FoundPage> {
  const { repository, patterns } = input;
  const fitting = patterns.reduce((all, pattern) => sql`${all} and names like ${pattern}`, sql``);
  const near = input.from + NEAR_PAGES;
  yield* await sql<FoundPage[]>`
    select id, folders, names, spelled from catalog_names
    where repository = ${repository} and id >= ${input.from} and id < ${near} ${fitting} order by id`;
  for (let from = near; from < (input.pages ?? Infinity); ) {
    const pages: FoundPage[] = await sql<FoundPage[]>`
      select id, folders, names, spelled from catalog_names
      where repository = ${repository} and id >= ${from} ${fitting} order by id limit ${AT_ONCE}`;
    yield* pages;
    const last = pages.at(-1);
    if (!last || pages.length < AT_ONCE) return;
    from = last.id + 1;
  }
}
