"use client";

import { FileSearch, SlidersHorizontal } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { DayRange } from "~/components/ui/day-range";
import { FilterTokens } from "~/components/ui/filter-tokens";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { type FileFilters, takeFilters } from "~/domain/file-query";
import { useClientChoices } from "../plans/use-choices";
import { useFileFilters } from "./use-file-search";

const EVERYWHERE = "all";

/** The box that searches every file of every archive, and what narrows it down. What is set stands below as tokens. */
export function FileSearchBox() {
  const { textOf, set } = useFileFilters();
  const [showsFilters, setShowsFilters] = useState(false);
  const clients = useClientChoices();
  const type = (text: string, finished: boolean) => {
    const { text: rest, filters } = takeFilters(text, finished);
    set({ q: rest, ...filters });
  };
  return (
    <search className="grid gap-2" aria-label="Search files">
      <form
        className="flex flex-wrap gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          type(textOf("q"), true);
        }}
      >
        <div className="relative min-w-0 flex-1 basis-60">
          <FileSearch aria-hidden className="absolute top-3 left-3 size-4 text-ink-soft" />
          <Input
            type="search"
            aria-label="Search every file of every archive"
            placeholder="Search every file of every archive: report, *.pdf, IMG_00??"
            className="h-10 pl-9"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={textOf("q")}
            onChange={(event) => type(event.target.value, false)}
          />
        </div>
        <Button size="large" aria-expanded={showsFilters} onClick={() => setShowsFilters(!showsFilters)}>
          <SlidersHorizontal aria-hidden />
          Filters
        </Button>
      </form>
      {showsFilters ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border bg-panel p-3">
          <Select
            aria-label="Client"
            className="w-auto min-w-40"
            value={textOf("in") || EVERYWHERE}
            onChange={(next) => set({ in: next === EVERYWHERE ? null : next })}
            choices={[{ value: EVERYWHERE, label: "Client: any" }, ...clients]}
          />
          <Narrow name="ext" label="Extension" placeholder="pdf" />
          <Narrow name="least" label="At least" placeholder="10 MiB" />
          <Narrow name="most" label="At most" placeholder="1 GiB" />
          <div className="flex flex-wrap items-center gap-2">
            Modified <DayRange />
          </div>
          <CheckboxField
            label="Deleted files only"
            checked={textOf("deleted") === "yes"}
            onCheckedChange={(on) => set({ deleted: on ? "yes" : null })}
          />
          <p className="w-full text-[0.8125rem] text-ink-soft">
            They can also be typed: <code>ext:pdf</code> <code>larger:10M</code> <code>smaller:1G</code>{" "}
            <code>after:2026-01-31</code> <code>before:2026-02-28</code> <code>is:deleted</code>
          </p>
        </div>
      ) : null}
      <FilterTokens
        tokens={tokensOf(textOf, clients).map(({ key, label }) => ({
          key,
          label,
          remove: () => set({ [key]: null }),
        }))}
      />
    </search>
  );
}

/** One filter that is a word. */
function Narrow({
  name,
  label,
  placeholder,
}: {
  name: keyof FileFilters;
  label: string;
  placeholder: string;
}) {
  const id = useId();
  const { textOf, set } = useFileFilters();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="whitespace-nowrap">
        {label}
      </label>
      <Input
        id={id}
        className="w-24"
        placeholder={placeholder}
        autoComplete="off"
        value={textOf(name)}
        onChange={(event) => set({ [name]: event.target.value })}
      />
    </div>
  );
}

function tokensOf(
  textOf: (key: keyof FileFilters) => string,
  clients: readonly { value: string; label: string }[],
): { key: keyof FileFilters; label: string }[] {
  const words: [keyof FileFilters, (value: string) => string][] = [
    ["in", (id) => `Client: ${clients.find(({ value }) => value === id)?.label ?? id}`],
    ["ext", (value) => `Extension: ${value}`],
    ["least", (value) => `At least ${value}`],
    ["most", (value) => `At most ${value}`],
    ["from", (value) => `Modified from ${value}`],
    ["to", (value) => `Modified to ${value}`],
    ["deleted", () => "Deleted files only"],
  ];
  return words.flatMap(([key, say]) => (textOf(key) === "" ? [] : [{ key, label: say(textOf(key)) }]));
}
