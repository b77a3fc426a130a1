"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm, useWatch } from "react-hook-form";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { useConfirmFirst } from "./confirm-first";
import { newPasswordProblem } from "./estimate-password";
import { PasswordRules } from "./password-rules";

type Given = { current: string; next: string };

/** Changes one's password with the current one; who has none sets one after showing who they are. Signs out every other device. */
export function AccountPassword({ account }: { account: Api["account"]["get"] }) {
  const { hasPassword } = account;
  const { register, handleSubmit, formState, control, reset } = useForm<Given>({
    defaultValues: { current: "", next: "" },
    mode: "onTouched",
  });
  const { error, save } = useSavePassword(hasPassword, reset);
  const listening = useListening();
  const next = useWatch({ control, name: "next" });
  const { errors } = formState;
  return (
    <Section
      title="Password"
      note={
        hasPassword
          ? "Changing it signs you out on every other device."
          : "You sign in by passkey or OpenID Connect. A password would be a further way in."
      }
      boxed
    >
      <form className="grid max-w-md gap-3" method="post" noValidate onSubmit={handleSubmit(save)}>
        {error ? (
          <div role="alert">
            <Notice tone="fail" title="The password is as before">
              {problemOf(error).say}
            </Notice>
          </div>
        ) : null}
        <input type="email" name="username" autoComplete="username" value={account.email} readOnly hidden />
        {hasPassword ? (
          <Field label="Current password" error={errors.current?.message}>
            <Input
              type="password"
              autoComplete="current-password"
              {...register("current", { required: "Your current password is missing." })}
            />
          </Field>
        ) : null}
        <Field
          label="New password"
          error={errors.next?.message}
          hint={<PasswordRules password={next} owner={account} />}
        >
          <Input
            type="password"
            autoComplete="new-password"
            {...register("next", {
              validate: async (text) => (await newPasswordProblem(text, account)) ?? true,
            })}
          />
        </Field>
        <Button
          type="submit"
          className="justify-self-start"
          busy={formState.isSubmitting}
          disabled={!listening}
        >
          {hasPassword ? "Change the password" : "Set a password"}
        </Button>
      </form>
    </Section>
  );
}

function useSavePassword(hasPassword: boolean, reset: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const confirmFirst = useConfirmFirst();
  const done = async ({ endedSignIns }: { endedSignIns: number }) => {
    reset();
    const others = endedSignIns === 1 ? "One other device was" : `${endedSignIns} other devices were`;
    toast.done("Your password is changed", endedSignIns > 0 ? `${others} signed out.` : undefined);
    await queryClient.invalidateQueries(trpc.account.pathFilter());
  };
  const change = useMutation(trpc.account.changePassword.mutationOptions({ onSuccess: done }));
  const set = useMutation(trpc.account.setPassword.mutationOptions({ onSuccess: done }));
  const save = async ({ current, next }: Given) => {
    try {
      if (hasPassword) await change.mutateAsync({ current, next });
      else await confirmFirst.run(() => set.mutateAsync({ password: next }));
    } catch {
      // Shown as `error`.
    }
  };
  return { error: change.error ?? set.error, save };
}
