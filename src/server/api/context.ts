import type { Actor } from "~/domain/permission";
import { findSignIn } from "../access/find-sign-in";
import { findTokenOwner } from "../access/find-token-owner";
import { makeContext } from "../context";
import { readSignInCookie, signInCookie } from "./auth-options";
import type { ApiContext } from "./trpc";

/**
 * Finds out who asks: an API token in `Authorization: Bearer bbs_...`, else the cookie of a sign-in. Whoever sends a token is never
 * taken for the cookie's person, also when the token is no good. The row decides on every request, so a revoked one is refused at once;
 * what is held open longer asks again with `refreshActor`. `answerHeaders`: of the answer, for a new cookie.
 */
export async function createApiContext(headers: Headers, answerHeaders?: Headers): Promise<ApiContext> {
  const ctx = makeContext({ kind: "nobody" });
  const actor = (await actorOf(ctx, headers, { asSeen: true })) ?? ctx.actor;
  const refreshActor = async () =>
    (await actorOf(makeContext({ kind: "nobody" }), headers, { asSeen: false })) ?? {
      kind: "nobody" as const,
    };
  const giveCookie = async (signInId: string) =>
    answerHeaders?.append("set-cookie", await signInCookie(signInId));
  return { ...ctx, actor, peer: headers.get("x-bbs-peer"), refreshActor, giveCookie };
}

async function actorOf(
  ctx: ReturnType<typeof makeContext>,
  headers: Headers,
  how: { asSeen: boolean },
): Promise<Actor | null> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer (bbs_\S{1,200})$/i.exec(authorization)?.[1];
    return token ? findTokenOwner(ctx, token) : null;
  }
  const signInId = await readSignInCookie(headers);
  return signInId ? findSignIn(ctx, signInId, how) : null;
}
