import type { ComponentProps } from "react";
import { cn } from "./class-names";

export const inputStyle =
  "w-full min-w-0 rounded-md border border-line-strong bg-panel px-2.5 text-ink placeholder:text-ink-soft disabled:opacity-50 aria-invalid:border-fail";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(inputStyle, "h-8", className)} {...rest} />;
}
