/**
 * Text as PostgreSQL takes it. Its text and jsonb hold neither NUL nor half a surrogate pair; both are valid in JSON, so a
 * machine can send them (a file name in a log line is enough). Each becomes U+FFFD.
 */
export function storableText(text: string): string {
  return text
    .replaceAll("\0", "\uFFFD")
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}
