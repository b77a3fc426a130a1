import { TRPCError } from "@trpc/server";
import { redirect } from "next/navigation";
import type { Standing } from "~/domain/permission";
import { Refusal, type RefusalCode } from "~/domain/refusal";
import type { SignInState } from "~/server/access/sign-in-state";
import { getQueryClient, trpc } from "~/trpc/server";

/** Pages on the way to a whole sign-in. */
type Step = Exclude<Standing, "whole">;
const PAGES: Record<Step, string> = {
  "second-factor-missing": "/sign-in/second-factor",
  "not-enrolled": "/sign-in/set-up",
  pending: "/sign-in/pending",
};

/** What a request is refused with while that step is missing. */
const STEPS: Partial<Record<RefusalCode, Step>> = {
  "second-factor-needed": "second-factor-missing",
  "second-factor-not-set-up": "not-enrolled",
  "approval-pending": "pending",
};

/** Where somebody goes on whom a request was refused: the missing step, or the sign-in page; null when it was refused for another reason. */
export function pathAfterRefusal(error: unknown, to: string): string | null {
  if (!(error instanceof TRPCError) || !(error.cause instanceof Refusal)) return null;
  const step = STEPS[error.cause.code];
  if (step) return withTo(PAGES[step], to);
  return error.cause.code === "not-signed-in" ? withTo("/sign-in", to) : null;
}

/** For the page of a step: how far the sign-in is. Sends whoever is at another step there, and whoever is through to `to`. */
export async function demandStep(step: Step, to: string): Promise<SignInState> {
  const state = await getQueryClient()
    .fetchQuery(trpc.signInSteps.state.queryOptions())
    .catch((error: unknown) => {
      const path = pathAfterRefusal(error, to);
      if (path === null) throw error;
      return redirect(path);
    });
  if (state.standing === step) return state;
  return redirect(state.standing === "whole" ? to : withTo(PAGES[state.standing], to));
}

function withTo(page: string, to: string): string {
  return to === "/" ? page : `${page}?to=${encodeURIComponent(to)}`;
}
