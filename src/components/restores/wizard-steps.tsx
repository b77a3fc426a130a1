import { Check } from "lucide-react";
import { cn } from "~/components/ui/class-names";
import { STEPS, type Step } from "./use-wizard";

const WORDS: Record<Step, string> = { what: "What", where: "Where to", how: "How" };

/** The three steps; one that was made can be gone back to. */
export function WizardSteps({ step, go }: { step: Step; go: (step: Step) => void }) {
  const now = STEPS.indexOf(step);
  return (
    <ol className="flex flex-wrap gap-x-6 gap-y-2 border-b pb-3" aria-label="Steps">
      {STEPS.map((one, at) => (
        <li key={one}>
          <button
            type="button"
            disabled={at >= now}
            aria-current={at === now ? "step" : undefined}
            onClick={() => go(one)}
            className={cn(
              "flex items-center gap-2 rounded-md disabled:cursor-default",
              at === now ? "font-medium text-ink" : "text-ink-soft",
              at < now && "hover:text-ink hover:underline",
            )}
          >
            <span
              aria-hidden
              className={cn(
                "grid size-5 place-items-center rounded-full border text-[0.75rem]",
                at === now ? "border-accent bg-accent text-accent-ink" : "border-line-strong",
              )}
            >
              {at < now ? <Check className="size-3" /> : at + 1}
            </span>
            {WORDS[one]}
          </button>
        </li>
      ))}
    </ol>
  );
}
