import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { jobs } from "../db/schema/jobs";

/** Up to so many names each contributes its own newest jobs; above it there are so many jobs that the newest of all soon hold a page of them. */
const FEW_NAMES = 30;
/** Names that are looked at; whoever means fewer types more. */
const MOST_NAMES = 5000;
/** Jobs of one archive's name; there is one that makes it and some that read it. */
const MOST_OF_AN_ARCHIVE = 200;

type Named = { what: "client" | "plan" | "repository"; id: string };

/**
 * The condition that a job is about what somebody typed: part of the name of its client, plan or repository, or in full its own id or
 * the name of the archive that it makes or reads.
 *
 * Few names that fit contribute their own newest jobs only, `atMost` of those that meet `others`, so that the search reads some hundred
 * entries of an index and never the table; with many names the newest jobs of all are read until a page is full.
 */
export async function findJobsAbout(
  ctx: Ctx,
  given: { text: string; others: SQL; atMost: number },
): Promise<SQL> {
  const like = `%${given.text.replace(/[\\%_]/g, "\\$&")}%`;
  const named = (what: Named["what"], table: string) => sql`
    (select ${what}::text as what, id from ${sql.identifier(table)} where name ilike ${like} order by id limit ${MOST_NAMES})`;
  const rows = await ctx.db.execute<Named>(sql`
    ${named("client", "clients")} union all ${named("plan", "plans")} union all ${named("repository", "repositories")}`);
  const columns = { client: jobs.clientId, plan: jobs.planId, repository: jobs.repositoryId };
  const byColumn = Object.entries(columns).map(([what, column]) => ({
    column,
    ids: rows.flatMap((row) => (row.what === what ? [row.id] : [])),
  }));
  const exact = [
    sql`select jobs.id from jobs where jobs.id = ${given.text}`,
    sql`select jobs.id from jobs where jobs.payload ->> 'archiveName' = ${given.text}
        and jobs.payload ->> 'archiveName' is not null limit ${MOST_OF_AN_ARCHIVE}`,
  ];
  const some = byColumn.filter(({ ids }) => ids.length > 0);
  if (rows.length > FEW_NAMES) {
    const any = some.map(({ column, ids }) => sql`${column} = any(${sql.param(ids)}::text[])`);
    return sql`(${sql.join([...any, inOneOf(exact)], sql` or `)})`;
  }
  const newest = some.map(
    ({ column, ids }) => sql`
      select newest.id from unnest(${sql.param(ids)}::text[]) as named (id), lateral (
        select jobs.id from jobs where jobs.${sql.identifier(column.name)} = named.id and ${given.others}
        order by jobs.created_at desc, jobs.id desc limit ${given.atMost}) newest`,
  );
  return inOneOf([...newest, ...exact]);
}

function inOneOf(parts: readonly SQL[]): SQL {
  const all = sql.join(
    parts.map((part) => sql`(${part})`),
    sql` union all `,
  );
  return sql`${jobs.id} in (${all})`;
}
