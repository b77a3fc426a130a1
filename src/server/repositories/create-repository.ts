import { randomBytes } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Authorized } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import type { OfferedEncryption } from "~/domain/repository";
import type { Ctx } from "../context";
import { announce } from "../db/changes";
import { newId } from "../db/new-id";
import { clients } from "../db/schema/clients";
import { repositories } from "../db/schema/repositories";
import { violates } from "../db/violates";
import { appendEntry } from "../journal/append-entry";
import { sealSecret } from "../secrets/seal-secret";
import { refuseLocation } from "./list-locations";
import { passphrasePlace } from "./passphrase";

/** Random bytes of a passphrase: 160 bits, more than any guess. */
const PASSPHRASE_BYTES = 20;

/** What a person chooses of a repository; the rest is made up. */
export interface NewRepository {
  name: string;
  quotaBytes: number | null;
  encryption?: OfferedEncryption | undefined;
  /** Name of a storage location of the client's node; absent: the main one. */
  location?: string | undefined;
}

/**
 * Writes down a repository that is still to be made, with a passphrase that nobody typed. The caller queues the job that makes it
 * (maintenance/open-repository). Refuses `name-taken` in any case of letters, removed clients, and `invalid-input` for a location that the
 * node does not have or cannot use.
 */
export async function createRepository(
  ctx: Ctx,
  may: Authorized<"manage-repositories">,
  input: NewRepository,
): Promise<{ id: string }> {
  const [client] = await ctx.db
    .select({ name: clients.name, storageNodeId: clients.storageNodeId })
    .from(clients)
    .where(and(eq(clients.id, may.clientId), isNull(clients.removedAt)));
  if (!client) throw new Refusal("not-found", { say: "This client was removed." });
  const id = newId();
  const encryption = input.encryption ?? "repokey-blake2";
  const location = input.location ?? "main";
  await refuseLocation(ctx, { storageNodeId: client.storageNodeId, location });
  try {
    await ctx.db.transaction(async (tx) => {
      await tx.insert(repositories).values({
        id,
        clientId: may.clientId,
        storageNodeId: client.storageNodeId,
        name: input.name,
        state: "creating",
        passphraseSealed: sealSecret(
          randomBytes(PASSPHRASE_BYTES).toString("base64url"),
          passphrasePlace(id),
        ),
        quotaBytes: input.quotaBytes,
        encryption,
        location,
        createdAt: ctx.now,
      });
      await announce(tx, { entity: "repository", id, clientId: may.clientId });
      await appendEntry(
        { ...ctx, db: tx },
        {
          action: "repository.created",
          say: `Made the repository ${input.name} for ${client.name}.`,
          ...{ clientId: may.clientId, repositoryId: id },
          detail: {
            before: null,
            after: { name: input.name, quotaBytes: input.quotaBytes, encryption, location },
          },
        },
      );
    });
  } catch (error) {
    if (violates(error, "repositories_living_name")) {
      throw new Refusal("name-taken", {
        say: `${client.name} has a repository named ${input.name} already.`,
      });
    }
    throw error;
  }
  return { id };
}
