/**
 * Text as PostgreSQL takes it. Its text and jsonb hold neither NUL nor half a surrogate pair; both are valid in JSON, so a
 * machine can send them (a file name in a log line is enough). Each becomes U+FFFD.
 */
export function storableText(text: string): string {
  return text
    .replaceAll("\0", "\uFFFD")
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** Whether every text in a value, keys too, is one that PostgreSQL holds as it is. Values nested deeper than JSON may be here do not come. */
export function isStorable(value: unknown): boolean {
  if (typeof value === "string") return storableText(value) === value;
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorable(key) && isStorable(inner));
}
