"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

/** What one is called: it stands in the journal beside everything one does from now on. */
export function AccountName({ account }: { account: Api["account"]["get"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(account.name);
  const rename = useMutation(
    trpc.account.rename.mutationOptions({
      onSuccess: async () => {
        toast.done("Your name is changed");
        await Promise.all([
          queryClient.invalidateQueries(trpc.account.get.pathFilter()),
          queryClient.invalidateQueries(trpc.me.pathFilter()),
        ]);
      },
    }),
  );
  const isSame = name.trim() === account.name;
  return (
    <Section title="Name" boxed>
      <form
        className="grid max-w-md gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSame) rename.mutate({ name: name.trim() });
        }}
      >
        <Field
          label="Name"
          hint="As others see you, here and in the journal."
          error={rename.error ? problemOf(rename.error).say : undefined}
        >
          <Input
            autoComplete="name"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Button
          type="submit"
          className="justify-self-start"
          busy={rename.isPending}
          disabled={isSame || name.trim() === ""}
        >
          Save the name
        </Button>
      </form>
    </Section>
  );
}
