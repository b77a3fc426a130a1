"use client";

import { Trash2 } from "lucide-react";
import { CheckboxField } from "~/components/ui/checkbox-field";
import { IconButton } from "~/components/ui/icon-button";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";
import { presetOf, tidyGrants } from "~/domain/grants";
import { GRANTABLE, type Permission, PRESETS } from "~/domain/permission";
import { PERMISSION_WORDS } from "~/domain/permission-words";
import type { GrantDraft, Scope } from "./grant-drafts";

const SCOPES: readonly { value: Scope; label: string }[] = [
  { value: "all", label: "All clients" },
  { value: "tag", label: "Clients with a tag" },
  { value: "client", label: "One client" },
];

const PRESET_CHOICES = [
  { value: "viewer", label: "Viewer" },
  { value: "operator", label: "Operator" },
  { value: "owner", label: "Owner" },
  { value: "own", label: "As ticked below" },
] as const;

/** One grant: with which clients, a preset, and a tick for each permission. */
export function GrantBlock({
  draft,
  number,
  clients,
  tagListId,
  onChange,
  onRemove,
}: {
  draft: GrantDraft;
  /** Which one it is, for screen readers. */
  number: number;
  clients: readonly { value: string; label: string }[];
  tagListId: string;
  onChange: (draft: GrantDraft) => void;
  onRemove: () => void;
}) {
  const { clientId, clientName } = draft;
  // One that is gone from the console, or beyond what a list offers, stays what it is.
  const own =
    clientId !== null && clients.every(({ value }) => value !== clientId)
      ? [{ value: clientId, label: clientName ?? clientId }]
      : [];
  return (
    <fieldset className="grid min-w-0 gap-3 rounded-md border bg-panel p-3">
      <legend className="sr-only">Grant {number}</legend>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label="With which clients"
          className="w-auto min-w-40"
          choices={SCOPES}
          value={draft.scope}
          onChange={(scope) => onChange({ ...draft, scope })}
        />
        {draft.scope === "tag" ? (
          <Input
            aria-label="Tag"
            placeholder="Tag"
            list={tagListId}
            className="w-44"
            maxLength={40}
            autoComplete="off"
            spellCheck={false}
            value={draft.tag}
            onChange={(event) => onChange({ ...draft, tag: asTag(event.target.value) })}
          />
        ) : null}
        {draft.scope === "client" ? (
          <Select
            aria-label="Client"
            className="w-auto min-w-44 max-w-full"
            placeholder="Choose a client"
            choices={[...own, ...clients]}
            value={draft.clientId}
            onChange={(clientId) =>
              onChange({
                ...draft,
                clientId,
                clientName: clients.find(({ value }) => value === clientId)?.label ?? draft.clientName,
              })
            }
          />
        ) : null}
        <Select
          aria-label="Preset"
          className="w-auto min-w-36"
          choices={PRESET_CHOICES}
          value={presetOf(draft.permissions) ?? "own"}
          onChange={(preset) => {
            if (preset !== "own") onChange({ ...draft, permissions: PRESETS[preset] });
          }}
        />
        <span className="ml-auto">
          <IconButton label={`Take grant ${number} away`} onClick={onRemove}>
            <Trash2 aria-hidden />
          </IconButton>
        </span>
      </div>
      <div className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        {GRANTABLE.map((permission) => (
          <CheckboxField
            key={permission}
            label={PERMISSION_WORDS[permission].label}
            title={PERMISSION_WORDS[permission].hint}
            checked={draft.permissions.includes(permission)}
            disabled={permission === "view" && draft.permissions.length > 1}
            onCheckedChange={(on) =>
              onChange({ ...draft, permissions: withOne(draft.permissions, permission, on) })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

/** Seeing is part of every permission, as the server has it too. */
function withOne(before: readonly Permission[], one: Permission, on: boolean): readonly Permission[] {
  const permissions = on ? [...before, one] : before.filter((other) => other !== one);
  return tidyGrants([{ clientId: null, tag: null, permissions }])[0]?.permissions ?? [];
}

/** As the server writes tags: a space would begin another word. */
const asTag = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, "-");
