"use client";

import { CircleAlert } from "lucide-react";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { problemOf } from "./problem-of";

/** Something could not be shown or done: what happened, what to do, the reference to quote, and the details to copy. */
export function ErrorState({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const problem = problemOf(error);
  return (
    <div role="alert" className="grid gap-3 rounded-md border border-fail/40 bg-panel px-4 py-4">
      <div className="flex items-start gap-2">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
        <div className="grid gap-1">
          <p className="font-medium">{title ?? problem.title}</p>
          <p className="max-w-prose text-ink-soft">{problem.say}</p>
          {problem.reference ? (
            <p className="text-[0.8125rem] text-ink-soft">
              Reference <code className="font-mono">{problem.reference}</code>
            </p>
          ) : null}
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {retry ? (
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        ) : null}
        <CopyButton text={problem.details} label="Copy details" />
      </div>
    </div>
  );
}
