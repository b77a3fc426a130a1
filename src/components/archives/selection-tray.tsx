"use client";

import { RotateCcw, X } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { IconButton } from "~/components/ui/icon-button";
import { formatCount } from "~/domain/quantity";
import type { Selection } from "~/domain/restore-selection";
import { DownloadButton } from "./download-button";
import { NameText } from "./name-text";
import { SelectionTotal } from "./selection-total";

/** What is ticked, at the foot of the window while it is not empty: how much, what, and the way to restore it. */
export function SelectionTray({
  archiveId,
  selection,
  restoreHref,
  toggle,
  clear,
}: {
  archiveId: string;
  selection: Selection;
  restoreHref: string;
  toggle: (path: string) => void;
  clear: () => void;
}) {
  const [open, setOpen] = useState(false);
  if (selection.length === 0) return null;
  const count = selection.length === 1 ? "1 selected" : `${formatCount(selection.length)} selected`;
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-4 z-20 grid gap-3 rounded-md border border-line-strong bg-raised p-3"
    >
      {open ? <SelectedPaths selection={selection} toggle={toggle} /> : null}
      <div className="flex flex-wrap items-center gap-2">
        <span aria-live="polite" className="font-medium">
          {count}
        </span>
        <SelectionTotal archiveId={archiveId} selection={selection} />
        <Button variant="quiet" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide" : "Show"}
        </Button>
        <Button variant="quiet" size="small" onClick={clear}>
          Clear
        </Button>
        <span className="ml-auto flex flex-wrap gap-2">
          <DownloadButton archiveId={archiveId} paths={selection} />
          <ButtonLink variant="primary" href={restoreHref}>
            <RotateCcw aria-hidden />
            Restore selection
          </ButtonLink>
        </span>
      </div>
    </section>
  );
}

/** The ticked paths, each to be taken out again. */
export function SelectedPaths({
  selection,
  toggle,
}: {
  selection: Selection;
  toggle: (path: string) => void;
}) {
  return (
    <ul className="max-h-64 divide-y overflow-auto rounded-md border bg-panel">
      {selection.slice(0, MOST_SHOWN).map((path) => (
        <li key={path} className="flex items-center gap-2 py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 break-all font-mono text-[0.8125rem]">
            /<NameText path={path} />
          </code>
          <IconButton label="Take out of the selection" className="size-7" onClick={() => toggle(path)}>
            <X aria-hidden />
          </IconButton>
        </li>
      ))}
      {selection.length > MOST_SHOWN ? (
        <li className="px-3 py-1.5 text-ink-soft">and {formatCount(selection.length - MOST_SHOWN)} more</li>
      ) : null}
    </ul>
  );
}

const MOST_SHOWN = 200;
