import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { authOptions } from "~/server/api/auth-options";

export const dynamic = "force-dynamic";

interface Route {
  params: Promise<{ nextauth: string[] }>;
}

/** Options are read per request: they hold settings, and a build must not need any. */
async function handle(request: NextRequest, route: Route): Promise<Response> {
  return NextAuth(request, route, authOptions());
}

export { handle as GET, handle as POST };
