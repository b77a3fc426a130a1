import "~/components/system/zod-without-eval";
import { zodResolver } from "@hookform/resolvers/zod";
import { planDraft } from "~/domain/plan-input";

/** The server's own rules for a plan, as the form asks them. Heavy: loaded by the form when something is there to check. */
export const checkPlan = zodResolver(planDraft);
