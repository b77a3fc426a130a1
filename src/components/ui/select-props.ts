import { inputStyle } from "./input";

interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** A second, quieter line. */
  detail?: string;
  disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  choices: readonly Choice<Value>[];
  value: Value | null;
  onChange: (value: Value) => void;
  placeholder?: string;
  className?: string;
  name?: string;
  disabled?: boolean;
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

export const boxStyle = `${inputStyle} flex h-8 items-center justify-between gap-2 text-left data-[disabled]:opacity-50`;
