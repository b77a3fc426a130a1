import type { FieldError, Merge } from "react-hook-form";

/** What is wrong with a list of texts: as a whole, or line by line. */
export type ListError = Merge<FieldError, (FieldError | undefined)[]> | undefined;

/** What is wrong by line. */
export function lineErrors(error: ListError): (string | undefined)[] {
  return Array.isArray(error) ? error.map((line: FieldError | undefined) => line?.message) : [];
}
