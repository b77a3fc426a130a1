import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { decodeCursor, encodeCursor, type Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { visibleTo } from "../db/visible-to";
import { type ClientRow, type ClientState, clientState, nextRunOf, readClientRows } from "./client-row";

export const CLIENT_SORTS = ["name", "next-run"] as const;
export type ClientSort = (typeof CLIENT_SORTS)[number];

interface ClientFilter {
  search?: string | undefined;
  state?: ClientState | undefined;
  tag?: string | undefined;
}

interface Asked extends ClientFilter {
  sort?: ClientSort | undefined;
  cursor?: string | null | undefined;
  limit: number;
}

/**
 * Clients that the actor may see by name, or by when their next backup begins, a page at a time, in one statement. `search` is found anywhere
 * in the name or the machine's host name.
 */
export async function listClients(ctx: Ctx, input: Asked): Promise<Page<ClientRow>> {
  return input.sort === "next-run" ? listByNextRun(ctx, input) : listByName(ctx, input);
}

/** The cursor is the id of the last row of the page before. */
async function listByName(ctx: Ctx, input: Asked): Promise<Page<ClientRow>> {
  const rows = await readClientRows(ctx, {
    where: and(
      whereOf(ctx, input),
      input.cursor
        ? sql`(lower(${clients.name}), ${clients.id}) > (
            select lower(c.name), c.id from clients c
            where ${and(sql`c.id = ${input.cursor}`, visibleTo(ctx.actor, sql`c.id`))})`
        : undefined,
    ),
    limit: input.limit + 1,
  });
  const items = rows.slice(0, input.limit);
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}

/** Where clients stand of which nothing begins by itself: behind all others. */
const NEVER = new Date("9999-12-31T00:00:00.000Z");

/** Which clients first, in the same statement: else everything that is derived of a client would be derived of all before they are sorted. */
async function listByNextRun(ctx: Ctx, input: Asked): Promise<Page<ClientRow>> {
  const after = decodeCursor(input.cursor);
  const next = nextRunOf(ctx.db, clients.id);
  const at = sql`coalesce(${next.at}, ${NEVER.toISOString()}::timestamptz)`;
  const shown = ctx.db
    .select({ id: clients.id })
    .from(clients)
    .leftJoinLateral(next, sql`true`)
    .where(
      and(
        whereOf(ctx, input),
        after
          ? sql`(${at}, lower(${clients.name}), ${clients.id}) > (
              select ${after.at.toISOString()}::timestamptz, lower(c.name), c.id from clients c
              where ${and(sql`c.id = ${after.id}`, visibleTo(ctx.actor, sql`c.id`))})`
          : undefined,
      ),
    )
    .orderBy(at, sql`lower(${clients.name})`, clients.id)
    .limit(input.limit + 1);
  const rows = await readClientRows(ctx, {
    where: sql`${clients.id} in ${shown}`,
    ...{ limit: input.limit + 1, nextFirst: true },
  });
  const items = rows.slice(0, input.limit);
  const last = items.at(-1);
  const more = rows.length > input.limit && last;
  return { items, nextCursor: more ? encodeCursor({ at: last.nextRunAt ?? NEVER, id: last.id }) : null };
}

function whereOf(ctx: Ctx, { search, state, tag }: ClientFilter): SQL | undefined {
  const pattern = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null;
  return and(
    isNull(clients.removedAt),
    visibleTo(ctx.actor, clients.id),
    state ? eq(clientState(ctx.now), state) : undefined,
    tag ? sql`${clients.id} in (select t.client_id from client_tags t where t.tag = ${tag})` : undefined,
    pattern
      ? sql`(${clients.name} ilike ${pattern} or ${clients.machine} ->> 'hostname' ilike ${pattern})`
      : undefined,
  );
}
