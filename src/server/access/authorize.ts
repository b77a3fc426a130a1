import { eq } from "drizzle-orm";
import type { ClientId } from "~/domain/id";
import type { Action, Actor, Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";

/**
 * Asks whether the actor may do `action` with this client, and gives the proof that operations want. The only place that
 * makes one. Admins and our own worker may do everything; everybody else nothing yet.
 *
 * A client that is gone from the console is still found: its repositories and archives stay. Refuses `not-found` for an id that
 * never was one, `forbidden` and `not-signed-in` before it looks, so that a stranger learns nothing about ids.
 */
export async function authorize<A extends Action>(
  ctx: Ctx,
  action: A,
  clientId: string,
): Promise<Authorized<A>> {
  refuseUnlessAllowed(ctx.actor);
  const [client] = await ctx.db.select({ id: clients.id }).from(clients).where(eq(clients.id, clientId));
  if (!client) throw new Refusal("not-found", { say: "There is no such client." });
  return mint(action, client.id);
}

function refuseUnlessAllowed(actor: Actor): void {
  switch (actor.kind) {
    case "worker":
      return;
    case "user":
      if (actor.role === "admin") return;
      throw new Refusal("forbidden", { say: "Your account may not do this. Ask an admin." });
    case "agent":
      throw new Refusal("forbidden", { say: "A machine may not do this." });
    case "nobody":
      throw new Refusal("not-signed-in", { say: "Sign in first." });
  }
}

function mint<A extends Action>(action: A, clientId: string): Authorized<A> {
  return { action, clientId: clientId as ClientId } as Authorized<A>;
}
