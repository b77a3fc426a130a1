"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import type { Scope } from "~/domain/permission";
import { useTRPC } from "~/trpc/react";
import { TokenScopes } from "./token-scopes";

const LIFETIMES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "never", label: "until it is revoked" },
] as const;
type Lifetime = (typeof LIFETIMES)[number]["value"];

const FIRST = { name: "", lifetime: "90" as Lifetime, scopes: ["view"] as Scope[] };

/** Asks for a name, what the token may do and for how long; hands the new token to the page, which shows it once. */
export function CreateToken({ onCreated }: { onCreated: (made: { name: string; token: string }) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const id = useId();
  const { data: givable } = useSuspenseQuery(trpc.tokens.scopes.queryOptions());
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(FIRST);
  const { run } = useConfirmFirst();
  const ask = useMutation(trpc.tokens.create.mutationOptions());
  const { lifetime, scopes } = wanted;
  const name = wanted.name.trim();
  const create = useMutation({
    mutationFn: () => {
      const expiresInDays = lifetime === "never" ? null : Number(lifetime);
      return run(() => ask.mutateAsync({ name, scopes, expiresInDays }));
    },
    onSuccess: ({ token }) => {
      onCreated({ name, token });
      ask.reset();
      setOpen(false);
      setWanted(FIRST);
      return queryClient.invalidateQueries(trpc.tokens.pathFilter());
    },
  });
  return (
    <Dialog
      className="w-[36rem]"
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
            disabled={name === "" || scopes.length === 0}
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
          create.mutate();
        }}
      >
        <Field
          label="Name"
          hint="Where it will be used, so that you know later which one to revoke."
          error={create.error ? problemOf(create.error).say : undefined}
        >
          <Input
            value={wanted.name}
            onChange={(event) => setWanted({ ...wanted, name: event.target.value })}
            maxLength={100}
            autoComplete="off"
          />
        </Field>
        <TokenScopes
          givable={givable}
          scopes={scopes}
          onChange={(next) => setWanted({ ...wanted, scopes: next })}
        />
        <Field label="Works for">
          <Select
            choices={LIFETIMES}
            value={lifetime}
            onChange={(next) => setWanted({ ...wanted, lifetime: next })}
          />
        </Field>
        {lifetime === "never" ? (
          <Notice tone="warn" title="A token that never ends works as long as nobody revokes it.">
            Whoever finds it in an old script or copy can use it years from now.
          </Notice>
        ) : null}
      </form>
    </Dialog>
  );
}
