"use client";

import { Button as BaseButton } from "@base-ui/react/button";
import type { VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";
import { buttonStyle } from "./button-style";
import { cn } from "./class-names";

type Props = ComponentProps<typeof BaseButton> & VariantProps<typeof buttonStyle> & { busy?: boolean };

/** A button. `busy` shows that the click is being carried out and refuses a second one. */
export function Button({ className, variant, size, busy = false, disabled, children, ...rest }: Props) {
  return (
    <BaseButton
      type="button"
      className={cn(buttonStyle({ variant, size }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : null}
      {children}
    </BaseButton>
  );
}
