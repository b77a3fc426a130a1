"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { useTRPC } from "~/trpc/react";

/** Gives a client another name. */
export function RenameClient({ client }: { client: { id: string; name: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(client.name);
  const rename = useMutation(
    trpc.clients.rename.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await queryClient.invalidateQueries(trpc.clients.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button>Rename</Button>}
      title={`Rename ${client.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setName(client.name);
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
          rename.mutate({ id: client.id, name: name.trim() });
        }}
      >
        <Field label="New name" error={rename.error ? problemOf(rename.error).say : undefined}>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={100}
            autoComplete="off"
          />
        </Field>
      </form>
    </Dialog>
  );
}
