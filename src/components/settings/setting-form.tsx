"use client";

import { type ReactNode, useState } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { LeaveGuard } from "~/components/plans/leave-guard";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { toast } from "~/components/ui/toast";

/** The form of one settings page: saves, says so, tells why not, and asks before changes are lost. `after`: the draft once it is saved. */
export function SettingForm<Draft extends FieldValues>({
  form,
  save,
  after = (draft) => draft,
  done,
  children,
}: {
  form: UseFormReturn<Draft>;
  save: (draft: Draft) => Promise<unknown>;
  after?: (draft: Draft) => Draft;
  /** What is said of a change that is in force. */
  done: string;
  children: ReactNode;
}) {
  const [failure, setFailure] = useState<unknown>(null);
  const { isDirty, isSubmitting, errors } = form.formState;
  const submit = form.handleSubmit(async (draft) => {
    setFailure(null);
    try {
      await save(draft);
      form.reset(after(draft));
      toast.done("The settings are saved", done);
    } catch (error) {
      setFailure(error);
    }
  });
  return (
    <form noValidate onSubmit={submit} className="grid max-w-3xl gap-8">
      <LeaveGuard active={isDirty && !isSubmitting} />
      {children}
      {failure ? <ErrorState title="Nothing was saved" error={failure} /> : null}
      <div className="flex flex-wrap items-center gap-2 border-t pt-4">
        <Button type="submit" variant="primary" busy={isSubmitting} disabled={!isDirty}>
          Save the changes
        </Button>
        {isDirty ? (
          <Button
            disabled={isSubmitting}
            onClick={() => {
              setFailure(null);
              form.reset();
            }}
          >
            Put back
          </Button>
        ) : (
          <span className="text-ink-soft">Nothing to save.</span>
        )}
        {Object.keys(errors).length > 0 ? (
          <span role="alert" className="text-fail">
            Something above is not right yet.
          </span>
        ) : null}
      </div>
    </form>
  );
}
