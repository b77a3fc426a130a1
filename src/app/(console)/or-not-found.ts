import { TRPCError } from "@trpc/server";
import { notFound } from "next/navigation";
import { pathAfterRefusal } from "~/app/step-path";
import { requireSignIn } from "./require-sign-in";

/**
 * Waits for a page's main thing; one that is not there, or whose id is none, becomes the not-found page. Whoever was shut out in the
 * meantime is sent to sign in: the layout, which else does it, stays as it is while one goes from page to page.
 */
export async function orNotFound<Thing>(thing: Promise<Thing>): Promise<Thing> {
  try {
    return await thing;
  } catch (error) {
    if (error instanceof TRPCError && (error.code === "NOT_FOUND" || error.code === "BAD_REQUEST"))
      notFound();
    if (pathAfterRefusal(error, "/") !== null) await requireSignIn();
    throw error;
  }
}
