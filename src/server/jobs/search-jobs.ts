import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context";

/** Clients, plans or repositories whose name fits and whose jobs are looked at; whoever means fewer types more. */
const MOST_NAMES = 200;

/**
 * The condition that a job is about what somebody typed: part of the name of its client, plan or repository, or in full its own id or
 * the name of the archive that it makes or reads.
 *
 * Each name that fits contributes its own newest jobs only, `atMost` of those that meet `others`: so one search reads some thousand
 * entries of an index and never the table, however many jobs the fitting ones have.
 */
export async function findJobsAbout(
  ctx: Ctx,
  given: { text: string; others: SQL; atMost: number },
): Promise<SQL> {
  const like = `%${given.text.replace(/[\\%_]/g, "\\$&")}%`;
  const named = (table: string) => sql`
    select id from ${sql.identifier(table)} where name ilike ${like} order by id limit ${MOST_NAMES}`;
  const rows = await ctx.db.execute<{ what: "client" | "plan" | "repository"; id: string }>(sql`
    select 'client' as what, id from (${named("clients")}) c
    union all select 'plan', id from (${named("plans")}) p
    union all select 'repository', id from (${named("repositories")}) r`);
  const idsOf = (what: string) => rows.flatMap((row) => (row.what === what ? [row.id] : []));
  const newestOf = (column: string, ids: string[]) => sql`
    select newest.id from unnest(${sql.param(ids)}::text[]) as named(id), lateral (
      select jobs.id from jobs where jobs.${sql.identifier(column)} = named.id and ${given.others}
      order by jobs.created_at desc, jobs.id desc limit ${given.atMost}) newest`;
  const parts = [
    ...whereAny("client_id", idsOf("client"), newestOf),
    ...whereAny("plan_id", idsOf("plan"), newestOf),
    ...whereAny("repository_id", idsOf("repository"), newestOf),
    sql`select jobs.id from jobs where jobs.id = ${given.text}`,
    sql`select jobs.id from jobs where jobs.payload ->> 'archiveName' = ${given.text}
        and jobs.payload ->> 'archiveName' is not null limit ${MOST_NAMES}`,
  ];
  return sql`"jobs"."id" in (${sql.join(
    parts.map((part) => sql`(${part})`),
    sql` union all `,
  )})`;
}

function whereAny(column: string, ids: string[], newest: (column: string, ids: string[]) => SQL): SQL[] {
  return ids.length > 0 ? [newest(column, ids)] : [];
}
