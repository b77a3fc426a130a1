"use client";

import { type ReactNode, useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { ErrorState } from "~/components/ui/error-state";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { WizardFoot } from "./wizard-foot";

/** The last step of a restore: what will happen, a name to type where something is replaced, and the start. */
export function StartForm({
  children,
  replaces,
  action = "Start the restore",
  error,
  busy,
  start,
  back,
}: {
  children: ReactNode;
  /** What is replaced, and the name that has to be typed for it; null: nothing is. */
  replaces: { words: string; name: string } | null;
  /** Words of the button that starts it, unless something is replaced. */
  action?: string;
  error: unknown;
  busy: boolean;
  start: () => void;
  back: () => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const mayStart = replaces === null || typed === replaces.name;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (mayStart) start();
      }}
    >
      <div className="rounded-md border bg-panel p-4">
        <div className="grid max-w-prose gap-2">{children}</div>
      </div>
      {replaces ? (
        <Notice tone="warn" title="What is there now is replaced">
          <div className="grid gap-3">
            <p className="wrap-anywhere">{replaces.words}</p>
            <div className="grid gap-1.5 text-ink">
              <label htmlFor={id} className="wrap-anywhere">
                Type <strong className="font-mono">{replaces.name}</strong> to go on
              </label>
              <Input
                id={id}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
                className="max-w-xs"
              />
            </div>
          </div>
        </Notice>
      ) : null}
      {error ? <ErrorState title="The restore was not started" error={error} /> : null}
      <WizardFoot back={back}>
        <Button type="submit" variant={replaces ? "destroy" : "primary"} disabled={!mayStart} busy={busy}>
          {replaces ? "Restore and replace" : action}
        </Button>
      </WizardFoot>
    </form>
  );
}
