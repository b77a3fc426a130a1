import { type ReactNode, useId } from "react";
import { cn } from "./class-names";

/** A titled part of a page. `boxed` puts a border round plain content; tables and lists bring their own. */
export function Section({
  title,
  note,
  action,
  children,
  boxed = false,
  className,
}: {
  title: string;
  note?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  boxed?: boolean;
  className?: string;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cn("grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-2", className)}
    >
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {action}
      </div>
      {note ? <p className="max-w-prose text-ink-soft">{note}</p> : null}
      {boxed ? <div className="rounded-md border bg-panel p-4">{children}</div> : children}
    </section>
  );
}
