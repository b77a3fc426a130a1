import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { getQueryClient, trpc } from "~/trpc/server";

/** Sends whoever is not signed in to the sign-in page, or to the set-up page while nobody can sign in yet. */
export async function requireSignIn(): Promise<void> {
  const queryClient = getQueryClient();
  try {
    await queryClient.fetchQuery(trpc.me.get.queryOptions());
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code !== "UNAUTHORIZED") throw error;
    const { needed } = await queryClient.fetchQuery(trpc.setup.state.queryOptions());
    const path = (await headers()).get("x-bbs-path") ?? "/";
    redirect(needed ? "/setup" : path === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(path)}`);
  }
}
