/**
 * Text as PostgreSQL takes it. Its text and jsonb hold neither NUL nor half a surrogate pair; both are valid in JSON, so a
 * machine can send them (a file name in a log line is enough). Each becomes U+FFFD.
 */
export function storableText(text: string): string {
  return text
    .replaceAll("\0", "\uFFFD")
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}

/** Where in a value the first text (or key) stands that PostgreSQL does not hold as it is, from the outside in; null: nowhere. */
export function findUnstorable(value: unknown): (string | number)[] | null {
  if (typeof value === "string") return storableText(value) === value ? null : [];
  if (typeof value !== "object" || value === null) return null;
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((inner, at) => [at, inner])
    : Object.entries(value);
  for (const [key, inner] of entries) {
    if (typeof key === "string" && storableText(key) !== key) return [];
    const found = findUnstorable(inner);
    if (found) return [key, ...found];
  }
  return null;
}
