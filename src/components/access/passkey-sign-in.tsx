"use client";

import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { useListening } from "~/components/ui/use-listening";
import { useTRPC } from "~/trpc/react";
import { sayPasskeyProblem, showPasskey } from "./passkey-browser";

/** A whole sign-in by passkey: no e-mail, no password. `to`: the page that was asked for. */
export function PasskeySignIn({ to }: { to: string }) {
  const trpc = useTRPC();
  const begin = useMutation(trpc.signInSteps.beginPasskeySignIn.mutationOptions());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const listening = useListening();

  async function show() {
    setBusy(true);
    setProblem(null);
    try {
      const { challengeId, options } = await begin.mutateAsync();
      const response = JSON.stringify(await showPasskey(options));
      const { signIn } = await import("next-auth/react");
      const answer = await signIn("passkey", { challengeId, response, redirect: false });
      if (answer?.ok && !answer.error) {
        window.location.assign(to);
        return;
      }
      setProblem(wordsOf(answer?.status, answer?.error));
    } catch (error) {
      setProblem(sayPasskeyProblem(error));
    }
    setBusy(false);
  }

  return (
    <div className="grid gap-2">
      <Button size="large" busy={busy} disabled={!listening} onClick={() => void show()}>
        <KeyRound aria-hidden />
        Sign in with a passkey
      </Button>
      {problem ? (
        <p role="alert" className="text-[0.8125rem] text-fail">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

function wordsOf(status: number | undefined, error: string | null | undefined): string {
  if (status === 429 || error?.includes("rate-limited"))
    return "Too many tries. Wait five minutes, then try again.";
  if (error?.includes("forbidden")) return "Signing in with a passkey is switched off on this server.";
  if (status === 401 || error === "CredentialsSignin")
    return "This server does not know this passkey, or it took too long. Try again, or sign in with your password.";
  return "The server could not check your passkey just now. Try again in a minute.";
}
