import { TRPCError } from "@trpc/server";
import type { MayList } from "~/domain/may-list";
import { getQueryClient, trpc } from "~/trpc/server";
import { requireSignIn } from "./require-sign-in";

/**
 * What the signed-in person may do, so that a page asks for nothing that would be refused, and says so instead. Whoever is
 * not signed in any more is sent to sign in.
 */
export async function whoMay(): Promise<MayList> {
  try {
    return (await getQueryClient().fetchQuery(trpc.me.get.queryOptions())).may;
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    await requireSignIn();
    return NOTHING;
  }
}

const NOTHING: MayList = { administer: false, gifts: [] };
