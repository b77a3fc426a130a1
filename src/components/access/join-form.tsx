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

/** Makes the account of an invitation that works, and signs its person in. The address is the one that was invited. */
export function JoinForm({ token, email, name }: { token: string; email: string; name: string }) {
  const trpc = useTRPC();
  const accept = useMutation(trpc.join.accept.mutationOptions());
  const { register, handleSubmit, formState, setError, control } = useForm({
    defaultValues: { name, password: "" },
    mode: "onTouched",
  });
  const { errors, isSubmitting } = formState;
  const listening = useListening();
  const typed = useWatch({ control });
  const owner = { email, name: typed.name ?? "" };

  const submit = handleSubmit(async (given) => {
    try {
      await accept.mutateAsync({ token, ...given });
    } catch (error) {
      setError("root", { message: problemOf(error).say });
      return;
    }
    const refusal = await signInWithPassword({ email, password: given.password });
    window.location.assign(refusal ? "/sign-in" : "/");
    await new Promise(() => {});
  });

  return (
    <form className="grid gap-4 rounded-lg border bg-panel p-5" method="post" onSubmit={submit} noValidate>
      <div className="grid gap-1">
        <h1 className="font-semibold text-lg">You are invited</h1>
        <p className="text-ink-soft">
          Make your account: you sign in with <span className="wrap-anywhere text-ink">{email}</span>. This
          link stops working as soon as you do.
        </p>
      </div>
      {errors.root?.message ? (
        <div role="alert">
          <Notice tone="fail" title="The account was not made">
            {errors.root.message}
          </Notice>
        </div>
      ) : null}
      <Field label="Name" error={errors.name?.message}>
        <Input
          autoComplete="name"
          className="h-10"
          maxLength={80}
          {...register("name", { validate: (text) => text.trim() !== "" || "Say what to call you." })}
        />
      </Field>
      {/* Password managers store the new one under it. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field
        label="Password"
        error={errors.password?.message}
        hint={<PasswordRules password={typed.password ?? ""} owner={owner} />}
      >
        <Input
          type="password"
          autoComplete="new-password"
          className="h-10"
          {...register("password", {
            validate: async (text) => (await newPasswordProblem(text, owner)) ?? true,
          })}
        />
      </Field>
      <Button type="submit" variant="primary" size="large" busy={isSubmitting} disabled={!listening}>
        Make the account and sign in
      </Button>
    </form>
  );
}
