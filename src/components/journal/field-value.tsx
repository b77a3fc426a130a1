/** A value as it was journaled, in words where there are any. */
export function FieldValue({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "")
    return <span className="text-ink-soft">none</span>;
  if (typeof value === "boolean") return <>{value ? "yes" : "no"}</>;
  if (typeof value === "string" || typeof value === "number")
    return <span className="wrap-anywhere whitespace-pre-wrap">{value}</span>;
  if (Array.isArray(value) && value.length === 0) return <span className="text-ink-soft">none</span>;
  if (Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number"))
    return (
      <ul className="grid gap-0.5">
        {[...new Set(value)].map((one) => (
          <li key={one} className="wrap-anywhere">
            {one}
          </li>
        ))}
      </ul>
    );
  return (
    <pre className="overflow-x-auto whitespace-pre-wrap wrap-anywhere font-mono text-[0.8125rem]">
      {JSON.stringify(value, null, 1)}
    </pre>
  );
}

/** `quotaBytes` is "quota bytes". */
export function fieldName(key: string): string {
  return key.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
