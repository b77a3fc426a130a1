"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import type { Api } from "~/components/system/api";
import { Button } from "~/components/ui/button";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import { CodeForm } from "./code-form";
import { sayPasskeyProblem, showPasskey } from "./passkey-browser";
import { StepCard } from "./step-card";

type State = Api["signInSteps"]["state"];

/** The second step of a sign-in: passkey, code of the app, or a recovery code. `to`: the page that was asked for. */
export function SecondFactorForm({ state, to }: { state: State; to: string }) {
  const { ways, passkeysPossible } = state;
  const trpc = useTRPC();
  const totp = useMutation(trpc.signInSteps.showTotp.mutationOptions());
  const recovery = useMutation(trpc.signInSteps.showRecoveryCode.mutationOptions());
  const passkey = ways.passkey && passkeysPossible;
  const [lost, setLost] = useState(false);
  const saidOf = (asked: Promise<unknown>) =>
    asked.then(
      () => {
        // A whole new page: nothing of before the step is kept.
        window.location.assign(to);
        return null;
      },
      (error: unknown) => problemOf(error).say,
    );
  return (
    <StepCard title="Second factor" say={`One step is left for ${state.email}.`}>
      {lost ? (
        <CodeForm
          key="recovery"
          kind="recovery-code"
          hint="One of those you kept when you set up the second factor. It works once."
          action="Sign in with it"
          send={(code) => saidOf(recovery.mutateAsync({ code }))}
        />
      ) : (
        <>
          {passkey ? <PasskeyStep to={to} /> : null}
          {ways.totp ? (
            <CodeForm
              key="totp"
              kind="totp"
              hint="Six digits; a new one every 30 seconds."
              action="Sign in"
              send={(code) => saidOf(totp.mutateAsync({ code }))}
            />
          ) : null}
          {!passkey && !ways.totp ? (
            <Notice tone="warn" title="Your passkeys do not work here">
              They need the host name and https that APP_URL of this server should have. Use a recovery code,
              or ask an admin.
            </Notice>
          ) : null}
        </>
      )}
      {ways.recoveryCodes ? (
        <Button
          variant="quiet"
          size="small"
          className="-ml-2 justify-self-start"
          onClick={() => setLost(!lost)}
        >
          {lost ? "Back" : "Use a recovery code instead"}
        </Button>
      ) : (
        <p className="text-[0.8125rem] text-ink-soft">
          You have no recovery code left. If you have lost your second factor, ask an admin to reset it.
        </p>
      )}
    </StepCard>
  );
}

function PasskeyStep({ to }: { to: string }) {
  const trpc = useTRPC();
  const begin = useMutation(trpc.signInSteps.beginPasskey.mutationOptions());
  const finish = useMutation(trpc.signInSteps.showPasskey.mutationOptions());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const listening = useListening();
  async function show() {
    setBusy(true);
    setProblem(null);
    try {
      const { challengeId, options } = await begin.mutateAsync();
      await finish.mutateAsync({ challengeId, response: await showPasskey(options) });
      window.location.assign(to);
    } catch (error) {
      setProblem(sayPasskeyProblem(error));
      setBusy(false);
    }
  }
  return (
    <div className="grid gap-2">
      <Button variant="primary" size="large" busy={busy} disabled={!listening} onClick={() => void show()}>
        <KeyRound aria-hidden />
        Use a passkey
      </Button>
      {problem ? (
        <p role="alert" className="text-[0.8125rem] text-fail">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
