"use client";

import type { ComponentProps } from "react";
import { Button } from "./button";
import { cn } from "./class-names";
import { Tooltip } from "./tooltip";

type Props = Omit<ComponentProps<typeof Button>, "aria-label"> & { label: string };

/** A button that is only an icon: its label is read aloud and shown on hover. */
export function IconButton({ label, className, variant = "quiet", ...rest }: Props) {
  return (
    <Tooltip text={label}>
      <Button aria-label={label} variant={variant} className={cn("size-8 px-0", className)} {...rest} />
    </Tooltip>
  );
}
