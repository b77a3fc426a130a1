"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useId } from "react";
import { Button } from "~/components/ui/button";
import { useTRPC } from "~/trpc/react";
import { useClientChoices } from "../plans/use-choices";
import { GrantBlock } from "./grant-block";
import { addDraft, type GrantDraft, grantsOf } from "./grant-drafts";
import { PermissionLegend } from "./permission-legend";
import { WhatTheyMay } from "./what-they-may";

/** Rows of "with which clients" and "what", and below what all of it means in plain words. */
export function GrantsEditor({
  drafts,
  onChange,
}: {
  drafts: readonly GrantDraft[];
  onChange: (drafts: GrantDraft[]) => void;
}) {
  const trpc = useTRPC();
  const listId = useId();
  const clients = useClientChoices();
  const tags = useQuery(trpc.clients.tags.queryOptions()).data ?? [];
  return (
    <div className="grid gap-3">
      {drafts.map((draft, index) => (
        <GrantBlock
          key={draft.key}
          draft={draft}
          number={index + 1}
          clients={clients}
          tagListId={listId}
          onChange={(next) => onChange(drafts.map((one) => (one.key === draft.key ? next : one)))}
          onRemove={() => onChange(drafts.filter((one) => one.key !== draft.key))}
        />
      ))}
      <datalist id={listId}>
        {tags.map(({ tag }) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <div>
        <Button size="small" onClick={() => onChange(addDraft(drafts))}>
          <Plus aria-hidden />
          {drafts.length === 0 ? "Grant something" : "Grant something more"}
        </Button>
      </div>
      <PermissionLegend />
      <div className="rounded-md border border-dashed bg-panel px-4 py-3 text-ink-soft" aria-live="polite">
        <WhatTheyMay who={{ role: "user", grants: grantsOf(drafts) }} />
      </div>
    </div>
  );
}
