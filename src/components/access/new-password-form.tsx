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
import { AuthNotice } from "./auth-notice";
import { newPasswordProblem } from "./estimate-password";
import { PasswordRules } from "./password-rules";

/** A new password by a link that works. Signs nobody in: whoever has the mail still needs the second factor. */
export function NewPasswordForm({ token, email }: { token: string; email: string }) {
  const trpc = useTRPC();
  const complete = useMutation(trpc.passwordReset.complete.mutationOptions());
  const { register, handleSubmit, formState, control } = useForm({
    defaultValues: { password: "" },
    mode: "onTouched",
  });
  const listening = useListening();
  const password = useWatch({ control, name: "password" });
  const owner = { email, name: "" };
  if (complete.isSuccess) {
    return (
      <AuthNotice title="Your password is changed" to="/sign-in" action="Sign in">
        You are signed out on all devices. Sign in with the new password.
      </AuthNotice>
    );
  }
  return (
    <form
      className="grid gap-4 rounded-lg border bg-panel p-5"
      method="post"
      onSubmit={handleSubmit((given) => complete.mutate({ token, ...given }))}
      noValidate
    >
      <div className="grid gap-1">
        <h1 className="font-semibold text-lg">Choose a new password</h1>
        <p className="text-ink-soft">
          For <span className="break-all text-ink">{email}</span>. It signs you out on all devices.
        </p>
      </div>
      {complete.error ? (
        <div role="alert">
          <Notice tone="fail" title="The password is as before">
            {problemOf(complete.error).say}
          </Notice>
        </div>
      ) : null}
      {/* Password managers store the new one under it. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      <Field
        label="New password"
        error={formState.errors.password?.message}
        hint={<PasswordRules password={password} owner={owner} />}
      >
        <Input
          type="password"
          autoComplete="new-password"
          autoFocus
          className="h-10"
          {...register("password", {
            validate: async (text) => (await newPasswordProblem(text, owner)) ?? true,
          })}
        />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="large"
        busy={complete.isPending || formState.isSubmitting}
        disabled={!listening}
      >
        Change the password
      </Button>
    </form>
  );
}
