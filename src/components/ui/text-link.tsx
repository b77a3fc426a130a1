import Link from "next/link";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

/**
 * A link within text or a table. `row`: the one that opens its row (j, k and Enter reach it). `inline`: within a sentence, where
 * colour alone would not tell it from the words around it.
 */
export function TextLink({
  className,
  row = false,
  inline = false,
  ...rest
}: ComponentProps<typeof Link> & { row?: boolean; inline?: boolean }) {
  return (
    <Link
      data-row-link={row ? "" : undefined}
      // A table has dozens of them; what is hovered is loaded soon enough.
      prefetch={false}
      className={cn(
        row ? "font-medium text-ink" : "text-accent",
        inline ? "underline underline-offset-2" : "hover:underline",
        className,
      )}
      {...rest}
    />
  );
}
