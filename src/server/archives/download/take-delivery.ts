import { eq } from "drizzle-orm";
import { z } from "zod";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../../context";
import { downloads } from "../../db/schema/downloads";
import { openSecret, type SecretPlace } from "../../secrets/seal-secret";
import type { Delivery } from "./open-outlet";

const delivery = z.object({ address: z.string(), fingerprint: z.string(), key: z.string() });

export type Order = Delivery & Pick<typeof downloads.$inferSelect, "format" | "paths">;

/** Where a download's delivery is sealed to. */
export function deliveryPlace(downloadId: string): SecretPlace {
  return { table: "downloads", column: "delivery_sealed", rowId: downloadId };
}

/**
 * What is to be brought where, once: the way there is taken away as it is read. Refuses storage-unavailable the second time, when the
 * program that began was stopped in the middle.
 */
export async function takeDelivery(
  ctx: Ctx,
  input: { downloadId: string; archiveId: string },
): Promise<Order> {
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(downloads).where(eq(downloads.id, input.downloadId)).for("update");
    if (!row?.deliverySealed || row.archiveId !== input.archiveId) {
      throw new Refusal("storage-unavailable", {
        say: "The download was broken off by a restart. Ask for it again.",
      });
    }
    await tx.update(downloads).set({ deliverySealed: null }).where(eq(downloads.id, row.id));
    const opened = delivery.parse(JSON.parse(openSecret(row.deliverySealed, deliveryPlace(row.id))));
    return { ...opened, format: row.format, paths: row.paths };
  });
}
