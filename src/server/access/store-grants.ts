import { eq, inArray } from "drizzle-orm";
import type { Grant } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { grants } from "../db/schema/access";
import { clients } from "../db/schema/clients";

/** Puts tidy grants in the place of all that a person has. The caller holds the person's row. */
export async function storeGrants(
  ctx: Pick<Ctx, "db" | "now">,
  input: { userId: string; grants: readonly Grant[] },
): Promise<void> {
  const { userId } = input;
  await ctx.db.delete(grants).where(eq(grants.userId, userId));
  if (input.grants.length === 0) return;
  await ctx.db.insert(grants).values(
    input.grants.map(({ clientId, tag, permissions }) => ({
      ...{ id: newId(), userId, clientId, tag, createdAt: ctx.now },
      permissions: [...permissions],
    })),
  );
}

/** Refuses `not-found` when a grant names a client that never was. One that is gone from the console still has its archives. */
export async function demandClientsExist(ctx: Pick<Ctx, "db">, given: readonly Grant[]): Promise<void> {
  const ids = [...new Set(given.flatMap(({ clientId }) => (clientId === null ? [] : [clientId])))];
  if (ids.length === 0) return;
  const found = await ctx.db.select({ id: clients.id }).from(clients).where(inArray(clients.id, ids));
  if (found.length < ids.length)
    throw new Refusal("not-found", { say: "One of these clients does not exist. Load the page again." });
}

/** Grants as the journal keeps them. */
export async function readGrants(ctx: Pick<Ctx, "db">, userId: string): Promise<Grant[]> {
  return ctx.db
    .select({ clientId: grants.clientId, tag: grants.tag, permissions: grants.permissions })
    .from(grants)
    .where(eq(grants.userId, userId));
}
