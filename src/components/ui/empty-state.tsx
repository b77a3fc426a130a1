import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { CopyLine } from "./copy-line";

/** A page or a part with nothing in it: one sentence, one action, one line to copy. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  line,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** What does the same from a terminal. */
  line?: string;
}) {
  return (
    <div className="grid justify-items-start gap-3 rounded-md border border-dashed bg-panel px-4 py-6 sm:px-6">
      <div className="flex items-center gap-2 font-medium">
        {Icon ? <Icon aria-hidden className="size-4 text-ink-soft" /> : null}
        {title}
      </div>
      {children ? <p className="max-w-prose text-ink-soft">{children}</p> : null}
      {action}
      {line ? <CopyLine text={line} className="max-w-full" /> : null}
    </div>
  );
}
