"use client";

import { Plus } from "lucide-react";
import type { Suggestion } from "~/domain/plan-suggestions";

/** Values that are often wanted, each with one click; what the list has already is left out. */
export function SuggestionChips({
  label,
  suggestions,
  taken,
  add,
}: {
  label: string;
  suggestions: readonly Suggestion[];
  taken: readonly string[];
  add: (value: string) => void;
}) {
  const open = suggestions.filter((suggestion) => !taken.includes(suggestion.value));
  if (open.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label={label}>
      {open.map((suggestion) => (
        <li key={suggestion.value}>
          <button
            type="button"
            title={suggestion.why}
            onClick={() => add(suggestion.value)}
            className="inline-flex h-6 items-center gap-1 rounded-sm border bg-panel px-1.5 text-[0.8125rem] hover:bg-hover"
          >
            <Plus aria-hidden className="size-3.5 text-ink-soft" />
            <code className="font-mono">{suggestion.value}</code>
            <span className="sr-only">, {suggestion.why}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
