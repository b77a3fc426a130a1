import { TRPCError } from "@trpc/server";
import { notFound } from "next/navigation";

/** Waits for a page's main thing; one that is not there, or whose id is none, becomes the not-found page. */
export async function orNotFound<Thing>(thing: Promise<Thing>): Promise<Thing> {
  try {
    return await thing;
  } catch (error) {
    if (error instanceof TRPCError && (error.code === "NOT_FOUND" || error.code === "BAD_REQUEST"))
      notFound();
    throw error;
  }
}
