import { eq, sql } from "drizzle-orm";
import type { ClientId } from "~/domain/id";
import { type Action, type Authorized, mayDo } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { clients } from "../db/schema/clients";

/** Whose a thing is, as the room that keeps it found out, and in which words that room refuses an id that it does not have. */
export interface Owner {
  readonly clientId: string;
  readonly missing: () => Refusal;
}

/**
 * Asks whether the actor may do `action` with this client, or with a thing that an {@link Owner} owns, and gives the proof that
 * operations want. The only place that makes one. Our own worker may do everything, a person what `domain/permission` says, everybody
 * else nothing.
 *
 * A client that is gone from the console is still found: its repositories and archives stay. For an id that never was one it refuses as
 * the owner's room does and, in the same words, for one of a client that this person may not see; `forbidden` for what may be seen.
 */
export async function authorize<A extends Action>(
  ctx: Ctx,
  action: A,
  of: string | Owner,
): Promise<Authorized<A>> {
  const { clientId, missing } = typeof of === "string" ? { clientId: of, missing: noClient } : of;
  const { actor } = ctx;
  if (actor.kind === "nobody") throw new Refusal("not-signed-in", { say: "Sign in first." });
  if (actor.kind === "agent") throw new Refusal("forbidden", { say: "A machine may not do this." });
  const [client] = await ctx.db
    .select({
      id: clients.id,
      tags: sql<string[]>`array(select t.tag from client_tags t where t.client_id = ${clientId})`,
    })
    .from(clients)
    .where(eq(clients.id, clientId));
  if (!client) throw missing();
  if (actor.kind === "user" && !mayDo(actor, action, client)) {
    // A token may be limited to an action and not see the client: then it is enough to know the id.
    const { code, say } = mayDo(actor, "view", client) ? forbidden() : missing();
    throw new Refusal(code, { say, denied: { action, clientId } });
  }
  return mint(action, client.id);
}

function noClient(): Refusal {
  return new Refusal("not-found", { say: "There is no such client." });
}

function forbidden(): Refusal {
  return new Refusal("forbidden", { say: "Your account may not do this here. Ask an admin." });
}

function mint<A extends Action>(action: A, clientId: string): Authorized<A> {
  return { action, clientId: clientId as ClientId } as Authorized<A>;
}
