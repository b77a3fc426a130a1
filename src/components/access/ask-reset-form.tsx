"use client";

import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { TextLink } from "~/components/ui/text-link";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import { AuthNotice } from "./auth-notice";

/** Asks for a link to a new password. What it says afterwards is the same for every address. */
export function AskResetForm() {
  const trpc = useTRPC();
  const ask = useMutation(trpc.passwordReset.ask.mutationOptions());
  const { register, handleSubmit, formState } = useForm({ defaultValues: { email: "" } });
  const listening = useListening();
  if (ask.isSuccess) {
    return (
      <AuthNotice title="Look into your mail" to="/sign-in" action="Back to sign-in">
        If <strong className="break-all font-medium text-ink">{ask.variables.email}</strong> belongs to an
        account here, a link is on its way. It works once and for one hour. If nothing comes, look among the
        unwanted mail, then ask an admin.
      </AuthNotice>
    );
  }
  return (
    <form
      className="grid gap-4 rounded-lg border bg-panel p-5"
      method="post"
      onSubmit={handleSubmit((given) => ask.mutate({ email: given.email.trim() }))}
      noValidate
    >
      <div className="grid gap-1">
        <h1 className="font-semibold text-lg">Forgotten your password?</h1>
        <p className="text-ink-soft">You get a link by mail to choose a new one.</p>
      </div>
      {ask.error ? (
        <div role="alert">
          <Notice tone="fail" title="No link was asked for">
            {problemOf(ask.error).say}
          </Notice>
        </div>
      ) : null}
      <Field label="E-mail" hint="The one you sign in with." error={formState.errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          autoFocus
          maxLength={200}
          className="h-10"
          {...register("email", { validate: (text) => text.trim() !== "" || "Your e-mail is missing." })}
        />
      </Field>
      <Button type="submit" variant="primary" size="large" busy={ask.isPending} disabled={!listening}>
        Send me a link
      </Button>
      <TextLink href="/sign-in" className="justify-self-start">
        Back to sign-in
      </TextLink>
    </form>
  );
}
