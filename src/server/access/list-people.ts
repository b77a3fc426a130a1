import { and, eq, sql } from "drizzle-orm";
import type { Page } from "~/domain/page";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";
import { type PersonRow, type PersonState, personState, readPersonRows } from "./person-row";

/**
 * People by name, a page at a time, in one statement. `search` is found anywhere in name or address. The cursor is the id of the last
 * row of the page before. For admins: the caller has asked.
 */
export async function listPeople(
  ctx: Ctx,
  input: {
    search?: string | undefined;
    state?: PersonState | undefined;
    cursor?: string | null | undefined;
    limit: number;
  },
): Promise<Page<PersonRow>> {
  const pattern = input.search ? `%${input.search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const rows = await readPersonRows(ctx, {
    where: and(
      input.state ? eq(personState, input.state) : undefined,
      pattern ? sql`(${users.name} ilike ${pattern} or ${users.email} ilike ${pattern})` : undefined,
      input.cursor
        ? sql`(lower(${users.name}), ${users.id}) > (select lower(u.name), u.id from users u where u.id = ${input.cursor})`
        : undefined,
    ),
    limit: input.limit + 1,
  });
  const items = rows.slice(0, input.limit);
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}
