"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound, Smartphone } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";
import { PasskeySetUp } from "./passkey-set-up";
import { RecoveryCodeList } from "./recovery-code-list";
import { StepCard } from "./step-card";
import { TotpSetUp } from "./totp-set-up";

type Step =
  | { at: "choice" }
  | { at: "totp"; begun: { secret: string; uri: string } }
  | { at: "passkey" }
  | { at: "codes"; codes: readonly string[] };

/** Where a second factor is demanded and this person has none: nothing else works before it is set up. `to`: the page that was asked for. */
export function SetUpFirstFactor({ passkeysPossible, to }: { passkeysPossible: boolean; to: string }) {
  const trpc = useTRPC();
  const { run } = useConfirmFirst();
  const begin = useMutation(trpc.secondFactor.beginTotp.mutationOptions());
  const make = useMutation(trpc.secondFactor.makeRecoveryCodes.mutationOptions());
  const [step, setStep] = useState<Step>({ at: "choice" });
  const listening = useListening();
  const beginTotp = () =>
    run(() => begin.mutateAsync()).then(
      (begun) => setStep({ at: "totp", begun }),
      () => null,
    );
  /** The factor counts already: without codes one goes on all the same, and makes them later. */
  const goOn = () =>
    make.mutateAsync().then(
      ({ codes }) => setStep({ at: "codes", codes }),
      () => window.location.assign(to),
    );

  if (step.at === "codes") {
    return (
      <StepCard
        title="Keep these recovery codes"
        say="They get you in when your phone or key is lost. Each works once. They are shown only now: put them where your password is not."
      >
        <RecoveryCodeList codes={step.codes} />
        <Button variant="primary" size="large" onClick={() => window.location.assign(to)}>
          I have kept them
        </Button>
      </StepCard>
    );
  }
  return (
    <StepCard
      title="Set up a second factor"
      say="An admin demands one of everybody. Until you have one, nothing else works: also your API tokens."
    >
      {step.at === "choice" ? (
        <div className="grid gap-3">
          {begin.error ? (
            <Notice tone="fail" title="Not begun">
              {problemOf(begin.error).say}
            </Notice>
          ) : null}
          <Button
            variant="primary"
            size="large"
            busy={begin.isPending}
            disabled={!listening}
            onClick={() => void beginTotp()}
          >
            <Smartphone aria-hidden />
            Authenticator app
          </Button>
          {passkeysPossible ? (
            <Button size="large" disabled={!listening} onClick={() => setStep({ at: "passkey" })}>
              <KeyRound aria-hidden />
              Passkey
            </Button>
          ) : null}
        </div>
      ) : (
        <>
          {step.at === "totp" ? (
            <TotpSetUp begun={step.begun} onDone={goOn} />
          ) : (
            <PasskeySetUp onDone={goOn} />
          )}
          <Button
            variant="quiet"
            size="small"
            className="-ml-2 justify-self-start"
            onClick={() => setStep({ at: "choice" })}
          >
            Another way
          </Button>
        </>
      )}
    </StepCard>
  );
}
