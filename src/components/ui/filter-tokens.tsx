import { X } from "lucide-react";

/** The filters in force, each to be taken away. */
export function FilterTokens({
  tokens,
}: {
  tokens: readonly { key: string; label: string; remove: () => void }[];
}) {
  if (tokens.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2" aria-label="Filters in force">
      {tokens.map(({ key, label, remove }) => (
        <li key={key}>
          <button
            type="button"
            onClick={remove}
            className="inline-flex h-6 items-center gap-1.5 rounded-sm bg-accent-wash px-2 text-[0.8125rem] text-accent"
          >
            {label}
            <X aria-hidden className="size-3.5" />
            <span className="sr-only">remove</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
