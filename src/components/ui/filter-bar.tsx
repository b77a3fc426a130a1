"use client";

import { Search } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import { type ReactNode, useEffect, useRef } from "react";
import { FilterTokens } from "./filter-tokens";
import { Input } from "./input";
import { Select } from "./select";

export interface Filter {
  /** Name in the URL. */
  key: string;
  label: string;
  choices: readonly { value: string; label: string }[];
}

const ANY = "any";

/**
 * Search and filters of a list, kept in the URL: `search` and one parameter per filter. What is set stands below as tokens that can
 * be taken away. `/` goes to the search box. Read the same parameters with `useFilters`.
 */
export function FilterBar({
  searchLabel,
  filters = [],
  children,
}: {
  /** Null: nothing to search. */
  searchLabel: string | null;
  filters?: readonly Filter[];
  children?: ReactNode;
}) {
  const [values, setValues] = useFilters(["search", ...filters.map((filter) => filter.key)]);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const from = event.target;
      if (
        event.key !== "/" ||
        (from instanceof HTMLElement && from.closest("input, textarea, [role=dialog]"))
      )
        return;
      event.preventDefault();
      box.current?.focus();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const set = filters.flatMap((filter) => {
    const chosen = filter.choices.find((choice) => choice.value === values[filter.key]);
    return chosen ? [{ filter, chosen }] : [];
  });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {searchLabel !== null ? (
          <div className="relative w-full sm:w-72">
            <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-ink-soft" />
            <Input
              ref={box}
              type="search"
              aria-label={searchLabel}
              placeholder={searchLabel}
              className="pl-8"
              defaultValue={values.search ?? ""}
              onChange={(event) => setValues({ search: event.target.value || null })}
            />
          </div>
        ) : null}
        {filters.map((filter) => (
          <Select
            key={filter.key}
            aria-label={filter.label}
            className="w-auto min-w-32"
            choices={[{ value: ANY, label: `${filter.label}: any` }, ...filter.choices]}
            value={values[filter.key] ?? ANY}
            onChange={(value) => setValues({ [filter.key]: value === ANY ? null : value })}
          />
        ))}
        {children}
      </div>
      <FilterTokens
        tokens={set.map(({ filter, chosen }) => ({
          key: filter.key,
          label: `${filter.label}: ${chosen.label}`,
          remove: () => void setValues({ [filter.key]: null }),
        }))}
      />
    </div>
  );
}

/** The named URL parameters as text or null, and their setter (replaces the address, waits while someone types). */
export function useFilters(keys: readonly string[]) {
  const parsers: Record<string, typeof parseAsString> = Object.fromEntries(
    keys.map((key) => [key, parseAsString]),
  );
  return useQueryStates(parsers, { history: "replace", throttleMs: 250 });
}
