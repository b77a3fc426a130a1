"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Api } from "~/components/system/api";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, Row } from "~/components/ui/table";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";
import { RemoveFactor } from "./remove-factor";

type Passkey = Api["secondFactor"]["state"]["passkeys"][number];

/** One passkey with its two actions. */
export function PasskeyRow({ passkey, lastOne }: { passkey: Passkey; lastOne: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { run } = useConfirmFirst();
  const remove = useMutation(trpc.secondFactor.removePasskey.mutationOptions());
  return (
    <Row>
      <Cell className="max-w-48 truncate font-medium">{passkey.name}</Cell>
      <Cell from="sm">
        <RelativeTime at={passkey.lastUsedAt} />
      </Cell>
      <Cell from="md">
        <RelativeTime at={passkey.createdAt} />
      </Cell>
      <Cell from="md">{passkey.backedUp ? "synced between devices" : "on one device"}</Cell>
      <Cell>
        <div className="flex justify-end gap-2">
          <RenamePasskey passkey={passkey} />
          <RemoveFactor
            label="Remove"
            title={`Remove the passkey ${passkey.name}?`}
            lastOne={lastOne}
            remove={() => run(() => remove.mutateAsync({ id: passkey.id }))}
            onRemoved={() => queryClient.invalidateQueries(trpc.secondFactor.pathFilter())}
          />
        </div>
      </Cell>
    </Row>
  );
}

function RenamePasskey({ passkey }: { passkey: Passkey }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(passkey.name);
  const rename = useMutation(
    trpc.secondFactor.renamePasskey.mutationOptions({
      onSuccess: async () => {
        setOpen(false);
        await queryClient.invalidateQueries(trpc.secondFactor.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button size="small">Rename</Button>}
      title={`Rename ${passkey.name}`}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setName(passkey.name);
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
          rename.mutate({ id: passkey.id, name: name.trim() });
        }}
      >
        <Field label="New name" error={rename.error ? problemOf(rename.error).say : undefined}>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={80}
            autoComplete="off"
          />
        </Field>
      </form>
    </Dialog>
  );
}
