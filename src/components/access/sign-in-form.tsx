"use client";

import { useForm } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { TextLink } from "~/components/ui/text-link";
import { useListening } from "~/components/ui/use-listening";
import { signInWithPassword } from "./sign-in-with-password";

/** E-mail and password. `to`: the page that was asked for. `forgotten`: whether a link to a new password can be had by mail. */
export function SignInForm({ to, forgotten }: { to: string; forgotten: boolean }) {
  const { register, handleSubmit, formState, setError, setFocus, resetField } = useForm({
    defaultValues: { email: "", password: "" },
  });
  const { errors, isSubmitting } = formState;
  const listening = useListening();

  const submit = handleSubmit(async (given) => {
    const refusal = await signInWithPassword(given);
    if (refusal) {
      resetField("password");
      setError("root", { message: refusal });
      setFocus("password");
      return;
    }
    // A whole new page: nothing of the signed-out one is kept.
    window.location.assign(to);
    await new Promise(() => {});
  });

  return (
    <form className="grid gap-4 rounded-lg border bg-panel p-5" method="post" onSubmit={submit} noValidate>
      <h1 className="font-semibold text-lg">Sign in</h1>
      {errors.root?.message ? (
        <div role="alert">
          <Notice tone="fail" title="Not signed in">
            {errors.root.message}
          </Notice>
        </div>
      ) : null}
      <Field label="E-mail" error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          autoFocus
          className="h-10"
          {...register("email", { required: "Your e-mail is missing." })}
        />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <Input
          type="password"
          autoComplete="current-password"
          className="h-10"
          {...register("password", { required: "Your password is missing." })}
        />
      </Field>
      <Button type="submit" variant="primary" size="large" busy={isSubmitting} disabled={!listening}>
        Sign in
      </Button>
      {forgotten ? (
        <TextLink href="/forgot-password" className="justify-self-start">
          Forgotten your password?
        </TextLink>
      ) : null}
    </form>
  );
}
