import { and, eq, isNull, sql } from "drizzle-orm";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";
import { visibleTo } from "../db/visible-to";
import { type ClientRow, type ClientState, clientState, readClientRows } from "./client-row";

/**
 * Clients that the actor may see by name, a page at a time, in one statement. `search` is found anywhere in the name or the machine's host name. The
 * cursor is the id of the last row of the page before.
 */
export async function listClients(
  ctx: Ctx,
  input: {
    search?: string | undefined;
    state?: ClientState | undefined;
    tag?: string | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<ClientRow>> {
  const pattern = input.search ? `%${input.search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const rows = await readClientRows(ctx, {
    where: and(
      isNull(clients.removedAt),
      visibleTo(ctx.actor, clients.id),
      input.state ? eq(clientState(ctx.now), input.state) : undefined,
      input.tag
        ? sql`${clients.id} in (select t.client_id from client_tags t where t.tag = ${input.tag})`
        : undefined,
      pattern
        ? sql`(${clients.name} ilike ${pattern} or ${clients.machine} ->> 'hostname' ilike ${pattern})`
        : undefined,
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
