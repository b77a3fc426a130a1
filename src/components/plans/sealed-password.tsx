"use client";

import { useEffect, useRef, useState } from "react";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { KEPT_BOX } from "~/domain/sealed-boxes";
import { canSeal, sealFor } from "~/protocol/sealed-box";

/**
 * A password that leaves this browser only sealed to the machine's own key, together with where it may be sent: the server can neither read
 * it nor aim it elsewhere. `kept`: one is stored for this very server. `onBox` gets the box, or what means the stored one.
 */
export function SealedPassword({
  sealingKey,
  target,
  kept,
  empty,
  onBox,
}: {
  sealingKey: string;
  target: { host: string; port: number | null; user: string };
  kept: boolean;
  /** Nothing is sealed yet. */
  empty: boolean;
  onBox: (box: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const turn = useRef(0);
  const { host, port, user } = target;
  const put = useRef(onBox);
  put.current = onBox;
  useEffect(() => {
    void canSeal().then((can) => {
      if (!can) setProblem("This browser cannot seal. Use a newer one, or name credentials on the machine.");
    });
  }, []);
  useEffect(() => {
    turn.current += 1;
    const own = turn.current;
    if (typed === "") return;
    sealFor(sealingKey, JSON.stringify({ host, port, user, password: typed })).then(
      (box) => (own === turn.current ? put.current(box) : undefined),
      () => setProblem("The password could not be sealed. Load the page again."),
    );
  }, [typed, host, port, user, sealingKey]);
  return (
    <Field
      label="Password"
      error={problem ?? (typed === "" && empty && !kept ? "Type the password for this server." : undefined)}
      hint={
        kept && typed === ""
          ? "One is sealed to the machine. Leave this empty to keep it."
          : "Sealed here, in your browser, to this machine's own key. The server cannot read it."
      }
    >
      <Input
        type="password"
        autoComplete="new-password"
        className="max-w-sm"
        placeholder={kept ? "•••••••• (kept)" : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value === "") onBox(KEPT_BOX);
        }}
      />
    </Field>
  );
}
