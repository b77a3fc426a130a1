import type { ReactNode } from "react";

/** One thing that can be done, what comes of it, and its button: a row of a list of them. */
export function ActionLine({ title, say, children }: { title: string; say: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 bg-panel px-4 py-3">
      <div className="grid gap-0.5">
        <p className="font-medium">{title}</p>
        <p className="max-w-prose text-ink-soft">{say}</p>
      </div>
      {children}
    </div>
  );
}
