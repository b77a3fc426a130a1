import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { pathAfterRefusal } from "~/app/step-path";
import { getQueryClient, trpc } from "~/trpc/server";

/**
 * Sends whoever is not signed in to the sign-in page, whoever has a step of it left to that step, and everybody to the set-up page while
 * nobody can sign in yet.
 */
export async function requireSignIn(): Promise<void> {
  const queryClient = getQueryClient();
  const to = (await headers()).get("x-bbs-path") ?? "/";
  try {
    await queryClient.fetchQuery(trpc.me.get.queryOptions());
  } catch (error) {
    const path = pathAfterRefusal(error, to);
    if (path === null) throw error;
    const { needed } = await queryClient.fetchQuery(trpc.setup.state.queryOptions());
    redirect(needed ? "/setup" : path);
  }
}
