import type { TRPCError } from "@trpc/server";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { recordDenial } from "../journal/record-denial";
import { log } from "../log";

/**
 * Journals a refusal for want of permission. Nobody waits for it: an id that may not be seen must be answered as fast as one that does
 * not exist.
 */
export function noteDenial(ctx: Ctx, asked: string, { cause }: Pick<TRPCError, "cause">): void {
  const { actor } = ctx;
  if (actor.kind !== "user" || !(cause instanceof Refusal)) return;
  if (cause.code !== "forbidden" && cause.denied === null) return;
  const denial = { asked, action: cause.denied?.action ?? null, clientId: cause.denied?.clientId ?? null };
  recordDenial({ ...ctx, actor }, denial).catch((error: unknown) => {
    log().warn({ err: error, asked, userId: actor.userId }, "a denial was not journaled");
  });
}
