import { CircleCheck, CircleDashed } from "lucide-react";
import { cn } from "~/components/ui/class-names";
import { RelativeTime } from "~/components/ui/relative-time";

export interface Step {
  done: boolean;
  say: string;
  at?: Date | null;
}

/** Steps that tick themselves as the server sees them done. */
export function Checklist({ steps }: { steps: readonly Step[] }) {
  const next = steps.findIndex((step) => !step.done);
  return (
    <ol className="grid gap-2" aria-live="polite">
      {steps.map((step, index) => (
        <li
          key={step.say}
          className={cn(
            "flex items-start gap-2.5",
            !step.done && index !== next && "text-ink-soft",
            index === next && "font-medium",
          )}
        >
          {step.done ? (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          ) : (
            <CircleDashed
              aria-hidden
              className={cn("mt-0.5 size-4 shrink-0", index === next ? "text-accent" : "text-ink-soft")}
            />
          )}
          <span>
            {step.say}
            <span className="sr-only">{step.done ? " (done)" : " (not done yet)"}</span>{" "}
            {step.done && step.at ? (
              <RelativeTime at={step.at} className="text-[0.8125rem] text-ink-soft" />
            ) : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
