import type { ComponentProps } from "react";
import { cn } from "./class-names";
import { inputStyle } from "./input";

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cn(inputStyle, "py-1.5", className)} {...rest} />;
}
