"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { DialogPanel } from "~/components/ui/dialog-panel";
import { ErrorState } from "~/components/ui/error-state";
import { problemOf } from "~/components/ui/problem-of";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { CodeForm } from "./code-form";
import { sayPasskeyProblem, showPasskey } from "./passkey-browser";

/** Asks again for what proves that the person at the browser is still the same. Opened by `useConfirmFirst`. */
export function ConfirmDialog({ onEnd }: { onEnd: (confirmed: boolean) => void }) {
  const trpc = useTRPC();
  const ways = useQuery({ ...trpc.confirm.ways.queryOptions(), staleTime: 0 });
  return (
    <DialogPanel
      title="Is it still you?"
      description="This reveals a secret or changes how your account is protected. What you show now counts for five minutes."
      open
      onOpenChange={(open) => (open ? null : onEnd(false))}
    >
      {ways.data ? (
        <Ways ways={ways.data} onDone={() => onEnd(true)} />
      ) : ways.error ? (
        <ErrorState error={ways.error} retry={() => void ways.refetch()} />
      ) : (
        <SkeletonRows rows={2} />
      )}
    </DialogPanel>
  );
}

function Ways({
  ways,
  onDone,
}: {
  ways: { password: boolean; totp: boolean; passkey: boolean };
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const password = useMutation(trpc.confirm.withPassword.mutationOptions());
  const totp = useMutation(trpc.confirm.withTotp.mutationOptions());
  const saidOf = (asked: Promise<unknown>) =>
    asked.then(
      () => {
        onDone();
        return null;
      },
      (error: unknown) => problemOf(error).say,
    );
  if (!ways.password && !ways.totp && !ways.passkey) {
    return (
      <p>
        There is nothing here that you could show. Sign out and in again: a fresh sign-in counts for five
        minutes too.
      </p>
    );
  }
  return (
    <>
      {ways.passkey ? <PasskeyWay onDone={onDone} /> : null}
      {ways.totp ? (
        <CodeForm
          kind="totp"
          action="Confirm with the code"
          send={(code) => saidOf(totp.mutateAsync({ code }))}
        />
      ) : null}
      {ways.password ? (
        <CodeForm
          kind="password"
          action="Confirm"
          send={(typed) => saidOf(password.mutateAsync({ password: typed }))}
        />
      ) : null}
    </>
  );
}

function PasskeyWay({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const begin = useMutation(trpc.confirm.beginPasskey.mutationOptions());
  const finish = useMutation(trpc.confirm.withPasskey.mutationOptions());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function show() {
    setBusy(true);
    setProblem(null);
    try {
      const { challengeId, options } = await begin.mutateAsync();
      await finish.mutateAsync({ challengeId, response: await showPasskey(options) });
      onDone();
    } catch (error) {
      setProblem(sayPasskeyProblem(error));
      setBusy(false);
    }
  }
  return (
    <div className="grid gap-2">
      <Button variant="primary" size="large" busy={busy} onClick={() => void show()}>
        <KeyRound aria-hidden />
        Confirm with a passkey
      </Button>
      {problem ? (
        <p role="alert" className="text-[0.8125rem] text-fail">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
