import { TRPCError } from "@trpc/server";
import type { MayList } from "~/domain/may-list";
import { getQueryClient, trpc } from "~/trpc/server";

/**
 * What the signed-in person may do, so that a page asks for nothing that would be refused, and says so instead. Nothing for somebody who
 * is not signed in: the layout sends them away.
 */
export async function whoMay(): Promise<MayList> {
  try {
    return (await getQueryClient().fetchQuery(trpc.me.get.queryOptions())).may;
  } catch (error) {
    if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return NOTHING;
    throw error;
  }
}

const NOTHING: MayList = { administer: false, gifts: [] };
