import type { VariantProps } from "class-variance-authority";
import Link from "next/link";
import type { ComponentProps } from "react";
import { buttonStyle } from "./button-style";
import { cn } from "./class-names";

type Props = ComponentProps<typeof Link> & VariantProps<typeof buttonStyle>;

/** A link that looks like a button: for going somewhere, not for doing something. */
export function ButtonLink({ className, variant, size, ...rest }: Props) {
  return <Link className={cn(buttonStyle({ variant, size }), className)} {...rest} />;
}
