import type { Actor } from "~/domain/permission";
import { findSignIn } from "../access/find-sign-in";
import { findTokenOwner } from "../access/find-token-owner";
import { makeContext } from "../context";
import { byAddress, demandTry } from "../rate-limits/demand-try";
import { hashToken } from "../token";
import { signInCookie } from "./auth-options";
import { readSignInCookie } from "./sign-in-cookie";
import type { ApiContext } from "./trpc";

/**
 * Finds out who asks: an API token in `Authorization: Bearer bbs_...`, else the cookie of a sign-in. Whoever sends a token is never
 * taken for the cookie's person, also when the token is no good. The row decides on every request, so a revoked one is refused at once;
 * what is held open longer asks again with `refreshActor`. Refuses `rate-limited` when a token is used too often, or when too many that
 * nobody has came from one address. `answerHeaders`: of the answer, for a new cookie.
 */
export async function createApiContext(headers: Headers, answerHeaders?: Headers): Promise<ApiContext> {
  const ctx = makeContext({ kind: "nobody" });
  const peer = headers.get("x-bbs-peer");
  const actor = (await actorOf(ctx, headers, { asSeen: true })) ?? ctx.actor;
  await countToken(ctx, headers, { known: actor.kind !== "nobody", peer });
  const refreshActor = async () =>
    (await actorOf(makeContext({ kind: "nobody" }), headers, { asSeen: false })) ?? {
      kind: "nobody" as const,
    };
  const giveCookie = async (signInId: string) =>
    answerHeaders?.append("set-cookie", await signInCookie(signInId));
  return { ...ctx, actor, peer, refreshActor, giveCookie };
}

async function actorOf(
  ctx: ReturnType<typeof makeContext>,
  headers: Headers,
  how: { asSeen: boolean },
): Promise<Actor | null> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const token = tokenIn(authorization);
    return token ? findTokenOwner(ctx, token) : null;
  }
  const signInId = await readSignInCookie(headers);
  return signInId ? findSignIn(ctx, signInId, how) : null;
}

function tokenIn(authorization: string): string | undefined {
  return /^Bearer (bbs_\S{1,200})$/i.exec(authorization)?.[1];
}

/** Tokens that nobody has count by address, good ones each by itself: guessing does not use up what a script may do. */
async function countToken(
  ctx: ReturnType<typeof makeContext>,
  headers: Headers,
  { known, peer }: { known: boolean; peer: string | null },
): Promise<void> {
  const authorization = headers.get("authorization");
  if (authorization === null) return;
  const token = known ? tokenIn(authorization) : undefined;
  if (token) await demandTry(ctx, "token", `token ${hashToken(token)}`);
  else await demandTry(ctx, "bad-token", byAddress(peer));
}
