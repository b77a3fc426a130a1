"use client";

import { Check, Circle } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { cn } from "~/components/ui/class-names";
import {
  fitsBcrypt,
  hasLength,
  LONGEST_PASSWORD_BYTES,
  type PasswordOwner,
  SHORTEST_PASSWORD,
} from "~/domain/password";
import { newPasswordProblem } from "./estimate-password";

/** What a new password must be, ticked off while it is typed, and how to make an easy one better. The server refuses by the same rules. */
export function PasswordRules({ password, owner }: { password: string; owner: PasswordOwner }) {
  const problem = useProblem(password, owner);
  const isLong = hasLength(password);
  const fits = fitsBcrypt(password);
  const isHard = isLong && fits && problem === null;
  const advice = isLong && fits && typeof problem === "string" ? problem : null;
  return (
    <ul className="grid gap-1">
      <Rule holds={isLong}>{SHORTEST_PASSWORD} characters or more; a few words are easy to remember</Rule>
      <Rule holds={password !== "" && fits}>at most {LONGEST_PASSWORD_BYTES} bytes</Rule>
      <Rule holds={isHard}>{advice ?? "hard to guess"}</Rule>
    </ul>
  );
}

function Rule({ holds, children }: { holds: boolean; children: ReactNode }) {
  const Icon = holds ? Check : Circle;
  return (
    <li className={cn("flex items-start gap-1.5", holds && "text-ok")}>
      <Icon aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span>
        {children}
        <span className="sr-only">{holds ? ": met" : ": not met yet"}</span>
      </span>
    </li>
  );
}

/** Undefined while it is not known: nothing typed, or the estimate is still under way. */
function useProblem(password: string, { email, name }: PasswordOwner): string | null | undefined {
  const [known, setKnown] = useState<{ password: string; problem: string | null }>();
  useEffect(() => {
    if (password === "") return;
    let stale = false;
    void newPasswordProblem(password, { email, name }).then((problem) => {
      if (!stale) setKnown({ password, problem });
    });
    return () => {
      stale = true;
    };
  }, [password, email, name]);
  return known?.password === password ? known.problem : undefined;
}
