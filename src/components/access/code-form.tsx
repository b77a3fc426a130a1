"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useListening } from "~/components/ui/use-listening";

const KINDS = {
  totp: { label: "Code of your authenticator app", inputMode: "numeric", autoComplete: "one-time-code" },
  "recovery-code": { label: "Recovery code", inputMode: "text", autoComplete: "off" },
  password: { label: "Your password", inputMode: "text", autoComplete: "current-password" },
} as const;

/** One thing to type and a button. `send` says what is wrong, or null; what was typed goes away when it is wrong. */
export function CodeForm({
  kind,
  hint,
  action,
  send,
}: {
  kind: keyof typeof KINDS;
  hint?: ReactNode;
  action: string;
  send: (typed: string) => Promise<string | null>;
}) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const listening = useListening();
  const input = useRef<HTMLInputElement>(null);
  // The button that had the focus cannot be pressed while nothing is typed.
  useEffect(() => {
    if (problem) input.current?.focus();
  }, [problem]);
  const { label, inputMode, autoComplete } = KINDS[kind];

  async function submit() {
    setBusy(true);
    setProblem(undefined);
    const said = await send(typed);
    // Nothing wrong: the page goes on, and the button stays busy until it has.
    if (said === null) return;
    setBusy(false);
    setTyped("");
    setProblem(said);
  }

  return (
    <form
      className="grid gap-4"
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "" && !busy) void submit();
      }}
    >
      <Field label={label} hint={hint} error={problem}>
        <Input
          ref={input}
          type={kind === "password" ? "password" : "text"}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          inputMode={inputMode}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          className="h-10 font-mono tracking-wide"
        />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="large"
        busy={busy}
        disabled={!listening || typed.trim() === ""}
      >
        {action}
      </Button>
    </form>
  );
}
