"use client";

import { Plus } from "lucide-react";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import type { PlanDraft } from "~/domain/plan-input";
import type { DatabaseSource } from "~/domain/plan-options";
import { DatabaseFields } from "./database-fields";

/** As many as a plan takes (domain/plan-options). */
const MOST = 20;

/** Databases that are streamed into the archive beside the directories. */
export function PlanDatabases() {
  const { control, formState } = useFormContext<PlanDraft>();
  const clientId = useWatch({ control, name: "clientId" });
  const errors = formState.errors.options?.databases;
  return (
    <Controller
      control={control}
      name="options.databases"
      render={({ field }) => (
        <div className="grid gap-3">
          <p className="max-w-prose text-ink-soft">
            Dumped by the database's own program straight into the archive: consistent, and no dump file is
            left on the disk.
          </p>
          {field.value.map((source, at) => (
            <DatabaseFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a source is its place; its name is being typed.
              key={at}
              clientId={clientId}
              source={source}
              problems={{ name: errors?.[at]?.name?.message, databases: errors?.[at]?.databases?.message }}
              credentialsProblem={messageIn(errors?.[at]?.credentials)}
              onBlur={field.onBlur}
              onChange={(next) =>
                field.onChange(field.value.map((one, index) => (index === at ? next : one)))
              }
              onRemove={() => field.onChange(field.value.filter((_, index) => index !== at))}
            />
          ))}
          {field.value.length < MOST ? (
            <div>
              <Button size="small" onClick={() => field.onChange([...field.value, firstSource(field.value)])}>
                <Plus aria-hidden />
                Add a database server
              </Button>
            </div>
          ) : null}
        </div>
      )}
    />
  );
}

/** The first message, however deep it stands. */
function messageIn(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("message" in error && typeof error.message === "string") return error.message;
  return Object.values(error).map(messageIn).find(Boolean);
}

/** PostgreSQL of this machine under a name that is free. */
function firstSource(taken: readonly DatabaseSource[]): DatabaseSource {
  const free = ["postgresql", ...taken.map((_, index) => `postgresql-${index + 2}`)].find(
    (name) => !taken.some((one) => one.name === name),
  );
  return {
    ...{ engine: "postgresql", name: free ?? "", databases: [], credentials: { kind: "none" } },
    ...{ host: "", port: null, user: "" },
  };
}
