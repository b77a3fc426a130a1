"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import { useTRPC } from "~/trpc/react";

const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "never", label: "until it is revoked" },
] as const;
type Lifetime = (typeof LIFETIMES)[number]["value"];

/** Asks for a name and a lifetime; hands the new token to the page, which shows it once. */
export function CreateToken({ onCreated }: { onCreated: (made: { name: string; token: string }) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<Lifetime>("90");
  const create = useMutation(
    trpc.tokens.create.mutationOptions({
      onSuccess: ({ token }, { name: given }) => {
        onCreated({ name: given, token });
        setOpen(false);
        setName("");
        return queryClient.invalidateQueries(trpc.tokens.pathFilter());
      },
    }),
  );
  return (
    <Dialog
      trigger={<Button variant="primary">Make a token</Button>}
      title="Make a token"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        create.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Not now</Button>
          <Button
            type="submit"
            form={id}
            variant="primary"
            busy={create.isPending}
            disabled={name.trim() === ""}
          >
            Make it
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ name: name.trim(), expiresInDays: lifetime === "never" ? null : Number(lifetime) });
        }}
      >
        <Field
          label="Name"
          hint="Where it will be used, so that you know later which one to revoke."
          error={create.error ? problemOf(create.error).say : undefined}
        >
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={100}
            autoComplete="off"
          />
        </Field>
        <Field label="Works for">
          <Select choices={LIFETIMES} value={lifetime} onChange={setLifetime} />
        </Field>
      </form>
    </Dialog>
  );
}
