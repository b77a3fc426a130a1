import { typedSize } from "~/domain/file-query";
import { UsageError } from "./usage-error";

/** `500G` and the like in bytes; powers of 1024. */
export function readSize(text: string): number {
  const bytes = typedSize(text);
  if (bytes === null) throw new UsageError(`${text} is not a size such as 500G.`);
  return bytes;
}

/** The same, or `none` for no limit: null. */
export const readLimit = (text: string): number | null => (text === "none" ? null : readSize(text));
