"use client";

import { useMutation } from "@tanstack/react-query";
import { type ComponentProps, useId, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";
import { problemOf } from "./problem-of";

/** Asks for another name. `rename` resolves when it is saved; what it refuses with is said at the field, and the dialog stays open. */
export function RenameDialog(given: {
  trigger: ComponentProps<typeof Dialog>["trigger"];
  name: string;
  maxLength: number;
  rename: (name: string) => Promise<unknown>;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(given.name);
  const rename = useMutation({ mutationFn: given.rename, onSuccess: () => setOpen(false) });
  return (
    <Dialog
      trigger={given.trigger}
      title={`Rename ${given.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setName(given.name);
        rename.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            type="submit"
            form={id}
            variant="primary"
            busy={rename.isPending}
            disabled={name.trim() === ""}
          >
            Rename
          </Button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(name.trim());
        }}
      >
        <Field label="New name" error={rename.error ? problemOf(rename.error).say : undefined}>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={given.maxLength}
            autoComplete="off"
          />
        </Field>
      </form>
    </Dialog>
  );
}
