import type { ReactNode } from "react";
import { cn } from "~/components/ui/class-names";

/** One fact of the vault: what it is about, how it stands, what one can do. Stands in {@link VaultLines}. */
export function VaultLine({
  title,
  children,
  note,
  action,
  wide = false,
}: {
  title: string;
  children: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  wide?: boolean;
}) {
  return (
    <div
      className={cn("flex flex-wrap items-start justify-between gap-3 bg-panel p-4", wide && "md:col-span-2")}
    >
      <div className="grid min-w-0 flex-1 basis-56 gap-0.5">
        <h3 className="text-[0.8125rem] text-ink-soft">{title}</h3>
        <div className="break-words">{children}</div>
        {note ? <div className="max-w-prose text-[0.8125rem] text-ink-soft">{note}</div> : null}
      </div>
      {action ? <div className="flex flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}

/** The frame of the facts: two columns where there is room, one line between each. */
export function VaultLines({ children }: { children: ReactNode }) {
  return (
    <div className="grid gap-px overflow-hidden rounded-md border bg-line md:grid-cols-2">{children}</div>
  );
}
