"use client";

import { type ReactElement, type ReactNode, useId, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Input } from "./input";
import type { OpenerProps } from "./opener";

/**
 * Asks for the typed name before something is destroyed, or moved out of the way. `lost` and `kept` say what goes and what stays;
 * `confirm` gets the typed name (the server checks it again) and may throw: the reason stands in the dialog then, which stays open.
 */
export function ConfirmByName({
  trigger,
  title,
  name,
  lost,
  kept,
  lostTitle = "What is lost",
  keptTitle = "What stays",
  action,
  cancel = "Keep it",
  harmless = false,
  children,
  ready = true,
  confirm,
}: {
  trigger: ReactElement<OpenerProps>;
  title: string;
  name: string;
  lost: ReactNode;
  kept: ReactNode;
  lostTitle?: string;
  keptTitle?: string;
  action: string;
  cancel?: string;
  /** Nothing is destroyed: the heading and the button are not red. */
  harmless?: boolean;
  /** More to fill in, above the name. */
  children?: ReactNode;
  /** Whether that is filled in. */
  ready?: boolean;
  confirm: (typedName: string) => Promise<unknown>;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const complete = typed === name && ready;

  async function submit() {
    setBusy(true);
    setRefusal(null);
    try {
      await confirm(typed);
      setOpen(false);
      setTyped("");
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : "It was not done. Try again.");
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      trigger={trigger}
      title={title}
      open={open}
      onOpenChange={setOpen}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>{cancel}</Button>
          <Button
            variant={harmless ? "primary" : "destroy"}
            busy={busy}
            disabled={!complete}
            type="submit"
            form={id}
          >
            {action}
          </Button>
        </>
      }
    >
      <dl className="grid gap-3">
        <div>
          <dt className={harmless ? "font-medium" : "font-medium text-fail"}>{lostTitle}</dt>
          <dd className="mt-1 text-ink-soft">{lost}</dd>
        </div>
        <div>
          <dt className="font-medium text-ok">{keptTitle}</dt>
          <dd className="mt-1 text-ink-soft">{kept}</dd>
        </div>
      </dl>
      <form
        id={id}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) void submit();
        }}
      >
        {children}
        <div className="grid gap-1.5">
          <label htmlFor={`${id}-name`} className="wrap-anywhere">
            Type <strong className="font-mono">{name}</strong> to go on
          </label>
          <Input
            id={`${id}-name`}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </div>
        {refusal ? (
          <p role="alert" className="text-fail">
            {refusal}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
