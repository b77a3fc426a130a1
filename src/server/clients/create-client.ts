import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { ensureStorageNode, MAIN_NODE } from "./ensure-storage-node";

/**
 * Makes a client that waits for its machine. `id` only for one that is made again, whose repositories carry it. Refuses `name-taken` if a
 * living client has the name, in any case of letters.
 */
export async function createClient(ctx: Ctx, input: { name: string; id?: string }): Promise<{ id: string }> {
  await ensureStorageNode(ctx);
  const id = input.id ?? newId();
  try {
    await ctx.db.transaction(async (tx) => {
      await tx.insert(clients).values({ id, name: input.name, storageNodeId: MAIN_NODE, createdAt: ctx.now });
      await announce(tx, { entity: "client", id, clientId: id });
      await appendEntry(
        { ...ctx, db: tx },
        {
          ...{ action: "client.created", say: `Made the client ${input.name}.`, clientId: id },
          detail: { before: null, after: { name: input.name } },
        },
      );
    });
  } catch (error) {
    if (violates(error, "clients_living_name")) throw nameTaken(input.name);
    throw error;
  }
  return { id };
}

export function nameTaken(name: string): Refusal {
  return new Refusal("name-taken", { say: `There is a client named ${name} already. Choose another name.` });
}
