import { UsageError } from "./usage-error";

/** `500G` and the like in bytes; powers of 1024. */
export function readSize(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  if (!parts) throw new UsageError(`${text} is not a size such as 500G.`);
  const power = " KMGT".indexOf((parts[2] || " ").toUpperCase());
  return Math.round(Number(parts[1]) * 1024 ** power);
}

/** The same, or `none` for no limit: null. */
export const readLimit = (text: string): number | null => (text === "none" ? null : readSize(text));
