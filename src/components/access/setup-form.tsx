"use client";

import { useMutation } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import { newPasswordProblem } from "./estimate-password";
import { PasswordRules } from "./password-rules";
import { signInWithPassword } from "./sign-in-with-password";

/** Makes the first admin and signs them in. */
export function SetupForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const complete = useMutation(trpc.setup.complete.mutationOptions());
  const { register, handleSubmit, formState, setError, control } = useForm({
    defaultValues: { email: "", name: "", password: "" },
    mode: "onTouched",
  });
  const { errors, isSubmitting } = formState;
  const listening = useListening();
  const { password, ...owner } = useWatch({ control });
  const typed = { email: owner.email ?? "", name: owner.name ?? "" };

  const submit = handleSubmit(async (given) => {
    try {
      await complete.mutateAsync({ token, ...given });
    } catch (error) {
      setError("root", { message: problemOf(error).say });
      return;
    }
    const refusal = await signInWithPassword(given);
    window.location.assign(refusal ? "/sign-in" : "/");
    await new Promise(() => {});
  });

  return (
    <form className="grid gap-4 rounded-lg border bg-panel p-5" method="post" onSubmit={submit} noValidate>
      <div className="grid gap-1">
        <h1 className="font-semibold text-lg">Set up this server</h1>
        <p className="text-ink-soft">Make the first admin. This link stops working as soon as you do.</p>
      </div>
      {errors.root?.message ? (
        <div role="alert">
          <Notice tone="fail" title="Not set up">
            {errors.root.message}
          </Notice>
        </div>
      ) : null}
      <Field label="Name" error={errors.name?.message}>
        <Input
          autoComplete="name"
          className="h-10"
          {...register("name", { required: "Say what to call you." })}
        />
      </Field>
      <Field label="E-mail" hint="You sign in with it." error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          className="h-10"
          {...register("email", {
            validate: async (text) =>
              (await import("./check-email")).isEmail(text) || "This is not an e-mail address.",
          })}
        />
      </Field>
      <Field
        label="Password"
        error={errors.password?.message}
        hint={<PasswordRules password={password ?? ""} owner={typed} />}
      >
        <Input
          type="password"
          autoComplete="new-password"
          className="h-10"
          {...register("password", {
            validate: async (text, given) => (await newPasswordProblem(text, given)) ?? true,
          })}
        />
      </Field>
      <Button type="submit" variant="primary" size="large" busy={isSubmitting} disabled={!listening}>
        Make the admin and sign in
      </Button>
    </form>
  );
}
