"use client";

import { LogIn } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { useListening } from "~/components/ui/use-listening";

/** To the provider and back to `to`, the page that was asked for. `alone`: there is no other way in. */
export function OidcSignIn({ label, to, alone = false }: { label: string; to: string; alone?: boolean }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const listening = useListening();

  async function go() {
    setBusy(true);
    setProblem(null);
    try {
      const { signIn } = await import("next-auth/react");
      await signIn("oidc", { callbackUrl: to });
    } catch {
      setProblem("The server did not answer. Check that it runs, then try again.");
      setBusy(false);
    }
  }

  return (
    <div className="grid gap-2">
      <Button
        size="large"
        variant={alone ? "primary" : "secondary"}
        busy={busy}
        disabled={!listening}
        onClick={() => void go()}
      >
        <LogIn aria-hidden />
        Sign in with {label}
      </Button>
      {problem ? (
        <p role="alert" className="text-[0.8125rem] text-fail">
          {problem}
        </p>
      ) : null}
    </div>
  );
}
