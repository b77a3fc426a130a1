"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";

/** A form in front of the page. Enter sends it as its button does; `problem` stands below the fields. Open and closed by whoever holds its draft. */
export function FormDialog({
  children,
  onOpenChange,
  leave = "Cancel",
  send,
  busy,
  disabled = false,
  problem,
  submit,
  ...dialog
}: {
  children: ReactNode;
  onOpenChange: (open: boolean) => void;
  /** Words of the button that closes it and changes nothing. */
  leave?: string;
  /** Words of the button that sends it. */
  send: string;
  busy: boolean;
  /** What is typed cannot be sent. */
  disabled?: boolean;
  problem?: string | null | undefined;
  submit: () => void;
} & Pick<ComponentProps<typeof Dialog>, "trigger" | "title" | "description" | "open" | "className">) {
  const id = useId();
  return (
    <Dialog
      {...dialog}
      onOpenChange={onOpenChange}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{leave}</Button>
          <Button type="submit" form={id} variant="primary" busy={busy} disabled={disabled}>
            {send}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabled) submit();
        }}
      >
        {children}
        {problem ? (
          <p role="alert" className="text-fail">
            {problem}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
