"use client";

import { type ComponentProps, useEffect, useRef } from "react";
import { cn } from "./class-names";

/** From which width a column is shown. */
type From = "sm" | "md" | "lg" | "xl" | "2xl";
const FROM: Record<From, string> = {
  sm: "hidden sm:table-cell",
  md: "hidden md:table-cell",
  lg: "hidden lg:table-cell",
  xl: "hidden xl:table-cell",
  "2xl": "hidden 2xl:table-cell",
};

/**
 * A table. Its rows are reached by j and k as well as Tab: the link or button marked `data-row-link` in each row takes the focus, so
 * Enter opens it.
 */
export function Table({ className, label, ...rest }: ComponentProps<"table"> & { label: string }) {
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if ((event.key !== "j" && event.key !== "k") || event.ctrlKey || event.metaKey || event.altKey) return;
      const from = event.target;
      if (
        from instanceof HTMLElement &&
        from.closest("input, textarea, select, [contenteditable], [role=dialog]")
      )
        return;
      const links = [...(table.current?.querySelectorAll<HTMLElement>("[data-row-link]") ?? [])];
      const at = links.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
      const next = links[event.key === "j" ? at + 1 : Math.max(0, at - 1)];
      next?.focus({ focusVisible: true } as FocusOptions);
      next?.scrollIntoView({ block: "nearest" });
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div className="overflow-x-auto rounded-md border bg-panel">
      <table
        ref={table}
        aria-label={label}
        className={cn("w-full border-collapse text-left", className)}
        {...rest}
      />
    </div>
  );
}

export function TableHead(props: ComponentProps<"tr">) {
  return (
    <thead className="border-b bg-sunken text-[0.8125rem] text-ink-soft">
      <tr {...props} />
    </thead>
  );
}

export function TableBody(props: ComponentProps<"tbody">) {
  return <tbody className="[&>tr:last-child]:border-b-0" {...props} />;
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      className={cn("border-b has-[[data-row-link]:focus-visible]:bg-accent-wash hover:bg-hover", className)}
      {...rest}
    />
  );
}

export function HeadCell({
  className,
  from,
  number,
  ...rest
}: ComponentProps<"th"> & { from?: From; number?: boolean }) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8 whitespace-nowrap px-3 font-medium",
        number && "text-right",
        from && FROM[from],
        className,
      )}
      {...rest}
    />
  );
}

export function Cell({
  className,
  from,
  number,
  ...rest
}: ComponentProps<"td"> & { from?: From; number?: boolean }) {
  return (
    <td
      className={cn(
        "h-10 px-3 py-1.5 align-middle",
        number && "whitespace-nowrap text-right",
        from && FROM[from],
        className,
      )}
      {...rest}
    />
  );
}
