"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { problemOf } from "~/components/ui/problem-of";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { ClientChecklist } from "./client-checklist";
import { EnrolmentLine } from "./enrolment-line";

type Created = Api["clients"]["create"];

/** Name, then the one line, then a checklist that turns green by itself. The line lives in this page only: it is shown once. */
export function AddClient() {
  const [created, setCreated] = useState<(Created & { name: string }) | null>(null);
  if (!created) return <NameForm onCreated={setCreated} />;
  return (
    <div className="grid max-w-4xl gap-6">
      <EnrolmentLine enrolment={created.enrolment} clientName={created.name} />
      <ClientChecklist clientId={created.id} clientName={created.name} />
    </div>
  );
}

function NameForm({ onCreated }: { onCreated: (created: Created & { name: string }) => void }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.clients.create.mutationOptions());
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { name: "" },
    mode: "onTouched",
  });
  const submit = handleSubmit(async ({ name }) => {
    const trimmed = name.trim();
    try {
      onCreated({ ...(await create.mutateAsync({ name: trimmed })), name: trimmed });
    } catch (error) {
      setError("name", { message: problemOf(error).say }, { shouldFocus: true });
    }
  });
  return (
    <form className="grid max-w-md gap-4" onSubmit={submit} noValidate>
      <Field
        label="Name"
        hint="As you call the machine, for example web-01. It can be changed later."
        error={formState.errors.name?.message}
      >
        <Input
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          {...register("name", { validate: (name) => name.trim() !== "" || "Give the machine a name." })}
        />
      </Field>
      <div>
        <Button type="submit" variant="primary" busy={formState.isSubmitting}>
          Make the line to paste
        </Button>
      </div>
    </form>
  );
}
