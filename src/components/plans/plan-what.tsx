"use client";

import { Controller, useFormContext, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { findNestedSource } from "~/domain/plan-draft";
import type { PlanDraft } from "~/domain/plan-input";
import {
  EXCLUDE_SUGGESTIONS,
  SOURCE_SUGGESTIONS,
  USUAL_EXCLUDES,
  USUAL_SOURCES,
} from "~/domain/plan-suggestions";
import { ChooseOnMachine } from "../looks/choose-on-machine";
import { ExcludeTester } from "../looks/exclude-tester";
import { type ListError, lineErrors } from "./line-errors";
import { SourcesNote } from "./sources-note";
import { SuggestionChips } from "./suggestion-chips";
import { TextList } from "./text-list";

/** The directories, with what is usual to add and what to know about them. */
export function SourceList({ clientId }: { clientId: string }) {
  const { control, formState, setValue } = useFormContext<PlanDraft>();
  const excludes = useWatch({ control, name: "excludes" });
  return (
    <Controller
      control={control}
      name="sources"
      render={({ field }) => (
        <fieldset className="grid min-w-0 gap-2">
          <legend className="mb-2 font-medium">Directories</legend>
          <TextList
            label="Directories"
            noun="directory"
            placeholder="/home"
            values={field.value}
            errors={lineErrors(formState.errors.sources)}
            onChange={field.onChange}
            onBlur={field.onBlur}
          />
          <ListProblem error={formState.errors.sources} />
          <SourcesNote
            sources={field.value}
            clientId={clientId}
            nested={findNestedSource(filled(field.value))}
          />
          <div className="flex flex-wrap items-center gap-1.5">
            <ChooseOnMachine clientId={clientId} chosen={filled(field.value)} choose={field.onChange} />
            {filled(field.value).length === 0 ? (
              <Button
                size="small"
                onClick={() => {
                  field.onChange([...USUAL_SOURCES]);
                  setValue("excludes", [...new Set([...filled(excludes), ...USUAL_EXCLUDES])], {
                    shouldDirty: true,
                  });
                }}
              >
                Add the usual directories
              </Button>
            ) : null}
            <SuggestionChips
              label="Directories often wanted"
              suggestions={SOURCE_SUGGESTIONS}
              taken={field.value}
              add={(value) => field.onChange([...filled(field.value), value])}
            />
          </div>
        </fieldset>
      )}
    />
  );
}

/** The patterns of what is left out. */
export function ExcludeList() {
  const { control, formState } = useFormContext<PlanDraft>();
  return (
    <Controller
      control={control}
      name="excludes"
      render={({ field }) => (
        <fieldset className="grid min-w-0 gap-2">
          <legend className="mb-2 font-medium">
            Leave out <span className="font-normal text-ink-soft">(optional)</span>
          </legend>
          <TextList
            label="Patterns to leave out"
            noun="pattern"
            placeholder="*.tmp"
            values={field.value}
            errors={lineErrors(formState.errors.excludes)}
            onChange={(values) => field.onChange(values.length === 1 && values[0] === "" ? [] : values)}
            onBlur={field.onBlur}
          />
          <ListProblem error={formState.errors.excludes} />
          <SuggestionChips
            label="Patterns often wanted"
            suggestions={EXCLUDE_SUGGESTIONS}
            taken={field.value}
            add={(value) => field.onChange([...filled(field.value), value])}
          />
          <ExcludeTester />
          <details className="text-[0.8125rem] text-ink-soft">
            <summary className="cursor-pointer hover:text-ink">How patterns work</summary>
            <ul className="grid gap-1 pt-2">
              <Example pattern="/var/cache">this directory and all below it</Example>
              <Example pattern="*.iso">every file that ends so, in any directory</Example>
              <Example pattern="sh:/home/*/.cache">
                the cache of each home; * stays within one directory
              </Example>
              <Example pattern="sh:**/node_modules">directories of this name at any depth</Example>
              <Example pattern="re:\.(bak|old)$">a regular expression on the path</Example>
            </ul>
          </details>
        </fieldset>
      )}
    />
  );
}

function Example({ pattern, children }: { pattern: string; children: string }) {
  return (
    <li>
      <code className="font-mono text-ink">{pattern}</code> {children}
    </li>
  );
}

function ListProblem({ error }: { error: ListError }) {
  const text = error?.message ?? error?.root?.message;
  return text ? (
    <p role="alert" className="text-[0.8125rem] text-fail">
      {text}
    </p>
  ) : null;
}

function filled(values: readonly string[]): string[] {
  return values.filter((value) => value.trim() !== "");
}
