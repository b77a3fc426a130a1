import { asc, sql } from "drizzle-orm";
import type { Ctx } from "../context";
import { users } from "../db/schema/access";

/** More are found by their own page. */
const MOST = 500;

/** People to filter the journal by, by name. Who was deleted is not among them; their entries are found by their id all the same. */
export async function listAuthors(ctx: Pick<Ctx, "db">): Promise<{ id: string; name: string }[]> {
  return ctx.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .orderBy(asc(sql`lower(${users.name})`), asc(users.id))
    .limit(MOST);
}
