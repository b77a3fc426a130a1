"use client";

import { useState } from "react";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { Notice } from "~/components/ui/notice";
import { RadioGroup } from "~/components/ui/radio-group";
import type { Scope } from "~/domain/permission";
import { SCOPE_WORDS, TOKEN_PRESETS, type TokenPreset, tidyScopes } from "~/domain/token-scopes";

type Choice = TokenPreset | "chosen";

const CHOICES: { value: Choice; label: string; hint: string }[] = [
  { value: "viewer", label: "Look only", hint: "State, plans, jobs. Right for monitoring." },
  { value: "operator", label: "Back up and restore", hint: "Looks, starts backups, brings files back." },
  {
    value: "everything",
    label: "Everything that is yours, but secrets",
    hint: "Also deletes archives. For scripts that set things up.",
  },
  { value: "chosen", label: "One by one", hint: "Tick what it may do." },
];

/** What a token may do: a usual set, or single scopes. Only what the person may do themselves is offered. */
export function TokenScopes({
  givable,
  scopes,
  onChange,
}: {
  givable: readonly Scope[];
  scopes: readonly Scope[];
  onChange: (scopes: Scope[]) => void;
}) {
  const [choice, setChoice] = useState<Choice>("viewer");
  const choose = (next: Choice) => {
    setChoice(next);
    if (next !== "chosen") onChange(TOKEN_PRESETS[next].filter((scope) => givable.includes(scope)));
  };
  const tick = (scope: Scope, on: boolean) =>
    onChange(tidyScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope)));
  const offered = CHOICES.filter(
    ({ value }) =>
      value === "chosen" ||
      value === "everything" ||
      TOKEN_PRESETS[value].every((scope) => givable.includes(scope)),
  );
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-medium">It may</legend>
      <RadioGroup label="What the token may do" choices={offered} value={choice} onChange={choose} />
      {choice === "chosen" ? (
        <div className="grid gap-3 pl-1 sm:grid-cols-2">
          {givable.map((scope) => (
            <CheckboxField
              key={scope}
              label={SCOPE_WORDS[scope].label}
              hint={SCOPE_WORDS[scope].hint}
              checked={scopes.includes(scope)}
              onCheckedChange={(on) => tick(scope, on)}
            />
          ))}
        </div>
      ) : null}
      {scopes.includes("reveal-secrets") ? (
        <Notice tone="warn" title="This token reads passphrases and keys.">
          A script is not asked for a second factor. Give it an early end and keep it where nobody else reads.
        </Notice>
      ) : null}
    </fieldset>
  );
}
