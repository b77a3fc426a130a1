import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "~/server/api/auth-options";
import { objectionToAuth, withRightStatus } from "~/server/api/guard-auth";
import { finishOidc, oidcStep, turnAway } from "~/server/api/oidc-provider";

export const dynamic = "force-dynamic";

interface Route {
  params: Promise<{ nextauth: string[] }>;
}

/** Options are read per request: they hold settings, and a build must not need any. */
async function handle(request: NextRequest, route: Route): Promise<Response> {
  const objection = await objectionToAuth(request);
  if (objection) return objection;
  const oidc = await oidcStep((await route.params).nextauth, request.headers);
  if (oidc && "problem" in oidc) return turnAway(request.method, oidc.problem);
  const finish = (claims: Parameters<typeof finishOidc>[0]) => finishOidc(claims, request.headers);
  const answer = await NextAuth(request, route, authOptions(oidc && { provider: oidc.provider, finish }));
  return withRightStatus(answer);
}

export { handle as GET, handle as POST };
