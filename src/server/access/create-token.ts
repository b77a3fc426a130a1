import { eq } from "drizzle-orm";
import type { UserId } from "~/domain/id";
import type { Scope, UserActor } from "~/domain/permission";
import { Refusal } from "~/domain/refusal";
import { mayGiveScope, SCOPE_WORDS, SHOWN_CHARACTERS, tidyScopes } from "~/domain/token-scopes";
import type { Ctx } from "../context";
import { newId } from "../db/new-id";
import { apiTokens } from "../db/schema/access";
import { appendEntry } from "../journal/append-entry";
import { hashToken, newToken } from "../token";
import { demandConfirmed } from "./demand-confirmed";

export interface NewToken {
  userId: UserId;
  name: string;
  scopes: readonly Scope[];
  /** Null: it never ends by itself. */
  expiresInDays: number | null;
}

/**
 * Makes an API token that speaks for `userId` within `scopes`, and journals it. It is in the answer and nowhere else. A token makes others
 * with at most its own scopes, which end no later than itself. Refuses `forbidden` for a scope that is not the maker's, and
 * `confirmation-needed` for one with which secrets are read: tokens are not asked again.
 */
export async function createToken(
  ctx: Ctx,
  input: NewToken,
): Promise<{ id: string; token: string; scopes: Scope[]; expiresAt: Date | null }> {
  const scopes = tidyScopes(input.scopes);
  if (ctx.actor.kind === "user") demandGivable(ctx, ctx.actor, scopes);
  const token = newToken("bbs_");
  const id = newId();
  const wanted =
    input.expiresInDays === null ? null : new Date(ctx.now.getTime() + input.expiresInDays * 86_400_000);
  const expiresAt = await ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const ends = sooner(wanted, await makersEnd(inTx));
    await tx.insert(apiTokens).values({
      ...{ id, userId: input.userId, name: input.name, tokenHash: hashToken(token), scopes },
      ...{ shown: token.slice(0, SHOWN_CHARACTERS), createdAt: ctx.now, expiresAt: ends },
    });
    await appendEntry(inTx, {
      action: "token.created",
      say: `Made the API token ${input.name}, which ${ends ? `ends on ${ends.toISOString().slice(0, 10)}` : "never ends by itself"}.`,
      detail: {
        userId: input.userId,
        tokenId: id,
        name: input.name,
        scopes,
        expiresAt: ends?.toISOString() ?? null,
      },
    });
    return ends;
  });
  return { id, token, scopes, expiresAt };
}

function demandGivable(ctx: Ctx, actor: UserActor, scopes: readonly Scope[]): void {
  const foreign = scopes.find((scope) => !mayGiveScope(actor, scope));
  if (foreign) {
    throw new Refusal("forbidden", {
      say: `${actor.via === "token" ? "This token" : "Your account"} may not do "${SCOPE_WORDS[foreign].label}", so it cannot make a token that may.`,
    });
  }
  if (scopes.includes("reveal-secrets")) demandConfirmed(ctx);
}

/** When the token ends by which this is asked; null: by sign-in, or that token never does. */
async function makersEnd({ actor, db }: Ctx): Promise<Date | null> {
  if (actor.kind !== "user" || actor.tokenId === null) return null;
  const [maker] = await db
    .select({ expiresAt: apiTokens.expiresAt })
    .from(apiTokens)
    .where(eq(apiTokens.id, actor.tokenId));
  return maker?.expiresAt ?? null;
}

function sooner(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
