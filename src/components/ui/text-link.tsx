import Link from "next/link";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A link within text or a table. `row`: the one that opens its row (j, k and Enter reach it). */
export function TextLink({
  className,
  row = false,
  ...rest
}: ComponentProps<typeof Link> & { row?: boolean }) {
  return (
    <Link
      data-row-link={row ? "" : undefined}
      // A table has dozens of them; what is hovered is loaded soon enough.
      prefetch={false}
      className={cn(row ? "font-medium text-ink hover:underline" : "text-accent hover:underline", className)}
      {...rest}
    />
  );
}
