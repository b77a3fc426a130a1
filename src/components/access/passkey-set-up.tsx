"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";
import { makePasskey, sayPasskeyProblem } from "./passkey-browser";

/** A name and the browser's own question; the new passkey is added. */
export function PasskeySetUp({ onDone }: { onDone: () => Promise<unknown> }) {
  const trpc = useTRPC();
  const { run } = useConfirmFirst();
  const begin = useMutation(trpc.secondFactor.beginPasskey.mutationOptions());
  const add = useMutation(trpc.secondFactor.addPasskey.mutationOptions());
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function submit() {
    setBusy(true);
    setProblem(undefined);
    try {
      const { challengeId, options } = await run(() => begin.mutateAsync());
      const response = await makePasskey(options);
      await run(() =>
        add.mutateAsync({ challengeId, name: name.trim(), response: { ...response, type: "public-key" } }),
      );
      await onDone();
    } catch (error) {
      setProblem(sayPasskeyProblem(error));
      setBusy(false);
    }
  }

  return (
    <form
      className="grid gap-4"
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "" && !busy) void submit();
      }}
    >
      <Field
        label="Name of the passkey"
        hint="Where it lives, so that you know later which one to remove: this laptop, the blue key."
        error={problem}
      >
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={80}
          autoComplete="off"
          autoFocus
          className="h-10"
        />
      </Field>
      <Button type="submit" variant="primary" size="large" busy={busy} disabled={name.trim() === ""}>
        Make the passkey
      </Button>
    </form>
  );
}
