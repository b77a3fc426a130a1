import { FieldValue, fieldName } from "./field-value";

/** What changed, field by field. A thing that was made has no before, one that was removed no after. */
export function Change({
  before,
  after,
}: {
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}) {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (fields.length === 0) return null;
  return (
    <div className="overflow-x-auto rounded-md border bg-panel">
      <table className="w-full border-collapse text-left" aria-label="What changed">
        <thead className="border-b text-[0.8125rem] text-ink-soft">
          <tr>
            {["Field", "Before", "After"].map((name) => (
              <th key={name} scope="col" className="h-8 px-3 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field} className="border-b align-top last:border-b-0">
              <th scope="row" className="px-3 py-1.5 font-normal text-ink-soft">
                {fieldName(field)}
              </th>
              <td className="px-3 py-1.5">
                <FieldValue value={before[field]} />
              </td>
              <td className="px-3 py-1.5">
                <FieldValue value={after[field]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
