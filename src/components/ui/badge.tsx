import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

const badgeStyle = cva(
  "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-sm px-1.5 font-medium text-[0.75rem] [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        ok: "bg-ok-wash text-ok",
        running: "bg-accent-wash text-accent",
        warn: "bg-warn-wash text-warn",
        fail: "bg-fail-wash text-fail",
        idle: "bg-idle-wash text-idle",
      },
    },
    defaultVariants: { tone: "idle" },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeStyle>["tone"]>;

/** A short word with a tone. States go through StateBadge, which adds the icon. */
export function Badge({ tone, className, ...rest }: ComponentProps<"span"> & { tone?: Tone }) {
  return <span className={cn(badgeStyle({ tone }), className)} {...rest} />;
}
