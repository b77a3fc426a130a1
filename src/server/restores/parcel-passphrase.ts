import { eq } from "drizzle-orm";
import type { Ctx } from "../context";
import { parcels } from "../db/schema/restores";
import { openSecret, type SecretPlace } from "../secrets/seal-secret";

/** Where the passphrase of a parcel is sealed to. */
export function parcelPlace(parcelId: string): SecretPlace {
  return { table: "parcels", column: "passphrase_sealed", rowId: parcelId };
}

/** In the clear, for the keeper that makes the parcel and the agent that reads it. Null: the parcel is gone. */
export async function openParcelPassphrase(ctx: Ctx, parcelId: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ sealed: parcels.passphraseSealed })
    .from(parcels)
    .where(eq(parcels.id, parcelId));
  return found ? openSecret(found.sealed, parcelPlace(parcelId)) : null;
}
