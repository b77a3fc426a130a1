"use client";

import { useFormContext } from "react-hook-form";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { RadioGroup } from "~/components/ui/radio-group";
import type { PlanDraft } from "~/domain/plan-input";
import type { DatabaseSource } from "~/domain/plan-options";
import { listWords } from "~/domain/plan-words";
import { isSameServer, KEPT_BOX } from "~/domain/sealed-boxes";
import { NameInput } from "./name-input";
import { OptionalNumber } from "./optional-number";
import { SealedPassword } from "./sealed-password";
import { useMachine } from "./use-machine";

type Kind = DatabaseSource["credentials"]["kind"];

/** Who reads the database: the agent's own account, credentials on the machine, or a password that is typed here and sealed. */
export function DatabaseCredentials({
  clientId,
  source,
  problem,
  onBlur,
  onChange,
}: {
  clientId: string;
  source: DatabaseSource;
  problem: string | undefined;
  onBlur: () => void;
  onChange: (source: DatabaseSource) => void;
}) {
  const machine = useMachine(clientId);
  const sealingKey = machine?.machine?.sealingKey ?? null;
  const { credentials } = source;
  const named = (machine?.policy?.databases ?? []).filter(({ engine }) => engine === source.engine);
  const choose = (kind: Kind) => {
    if (kind === "none") onChange({ ...source, credentials: { kind } });
    else if (kind === "sealed") onChange({ ...source, credentials: { kind, box: KEPT_BOX } });
    else onChange({ ...source, credentials: { kind, name: named[0]?.name ?? source.name } });
  };
  return (
    <div className="grid gap-3">
      <p className="font-medium">Who reads it</p>
      <RadioGroup<Kind>
        label={`Who reads ${source.name}`}
        value={credentials.kind}
        onChange={choose}
        choices={[
          {
            value: "local",
            label: "Credentials on the machine",
            hint: "An entry of the machine's own policy file; host, account and password stand there.",
          },
          {
            value: "none",
            label: "The agent's own account",
            hint: "Without a password, for example root by the server's socket.",
          },
          {
            value: "sealed",
            label: "A password typed here",
            disabled: sealingKey === null && credentials.kind !== "sealed",
            hint: sealedHint(clientId, machine !== null, sealingKey),
          },
        ]}
      />
      {credentials.kind === "local" ? (
        <Field
          label="Name in the machine's policy"
          error={problem}
          hint={
            machine?.policy
              ? named.length > 0
                ? `It lists ${listWords(named.map(({ name }) => name))} for this engine.`
                : "It lists none for this engine yet: add one to databases in policy.json on the machine."
              : undefined
          }
        >
          <NameInput
            className="max-w-sm font-mono"
            offered={named.map(({ name }) => name)}
            value={credentials.name}
            onBlur={onBlur}
            onChange={(name) => onChange({ ...source, credentials: { kind: "local", name: name.trim() } })}
          />
        </Field>
      ) : (
        <Server source={source} hosts={machine?.policy?.typedDatabaseHosts ?? null} onChange={onChange} />
      )}
      {credentials.kind === "sealed" && sealingKey !== null ? (
        <Sealed source={source} box={credentials.box} sealingKey={sealingKey} onChange={onChange} />
      ) : null}
    </div>
  );
}

function sealedHint(clientId: string, isKnown: boolean, sealingKey: string | null): string {
  if (sealingKey !== null)
    return "Sealed in this browser to the machine's own key: the server keeps it and cannot read it.";
  if (clientId === "") return "Choose a machine first: a password is sealed to one.";
  return isKnown
    ? "The agent of this machine has no key for this yet. It makes one by itself when it is updated."
    : "Not known yet whether this machine's agent has a key for this.";
}

function Sealed({
  source,
  box,
  sealingKey,
  onChange,
}: {
  source: DatabaseSource;
  box: string;
  sealingKey: string;
  onChange: (source: DatabaseSource) => void;
}) {
  const { formState } = useFormContext<PlanDraft>();
  const stored = formState.defaultValues?.options?.databases ?? [];
  const kept = stored.some(
    (one) =>
      one?.credentials?.kind === "sealed" && isSameServer({ ...source, ...withoutAbsent(one) }, source),
  );
  return (
    <SealedPassword
      sealingKey={sealingKey}
      target={source}
      kept={kept}
      empty={box === KEPT_BOX}
      onBox={(next) => onChange({ ...source, credentials: { kind: "sealed", box: next } })}
    />
  );
}

/** What the form began with holds every field; its type only does not say so. */
function withoutAbsent(given: {
  name?: string | undefined;
  engine?: DatabaseSource["engine"] | undefined;
  host?: string | undefined;
  port?: number | null | undefined;
  user?: string | undefined;
}) {
  const { name = "", engine = "sqlite", host = "", port = null, user = "" } = given;
  return { name, engine, host, port, user };
}

function Server({
  source,
  hosts,
  onChange,
}: {
  source: DatabaseSource;
  /** Hosts that the machine's policy allows for what is typed here; null: not known. */
  hosts: readonly string[] | null;
  onChange: (source: DatabaseSource) => void;
}) {
  const allowed = hosts === null || hosts.length === 0 ? null : listWords(hosts);
  return (
    <div className="grid items-start gap-3 sm:grid-cols-3">
      <Field
        label="Host"
        optional
        hint={allowed ? `The machine's policy allows ${allowed}.` : "Empty: this machine, by its socket."}
      >
        <Input
          className="font-mono"
          spellCheck={false}
          autoComplete="off"
          value={source.host}
          onChange={(event) => onChange({ ...source, host: event.target.value.trim() })}
        />
      </Field>
      <OptionalNumber
        label="Port"
        unit="optional"
        none="usual"
        least={1}
        most={65_535}
        value={source.port}
        onChange={(port) => onChange({ ...source, port })}
      />
      <Field label="Account" optional>
        <Input
          className="font-mono"
          spellCheck={false}
          autoComplete="off"
          maxLength={63}
          value={source.user}
          onChange={(event) => onChange({ ...source, user: event.target.value.trim() })}
        />
      </Field>
    </div>
  );
}
