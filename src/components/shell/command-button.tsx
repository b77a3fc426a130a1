"use client";

import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "~/components/ui/button";
import { useLate } from "~/components/ui/late";

const loadPalette = () => import("./command-palette");

/** Opens the command palette, by click or Ctrl-K. Its code is loaded at the first opening. */
export function CommandButton() {
  const [open, setOpen] = useState(false);
  const { part, want, warm } = useLate(loadPalette);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      want();
      setOpen((before) => !before);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [want]);
  return (
    <>
      <Button
        className="min-w-0 justify-start text-ink-soft sm:w-64"
        aria-keyshortcuts="Control+K"
        onPointerEnter={warm}
        onFocus={warm}
        onClick={() => {
          want();
          setOpen(true);
        }}
      >
        <Search aria-hidden />
        <span className="truncate">Go to</span>
        <kbd className="ml-auto hidden rounded-sm border px-1 font-sans text-[0.75rem] sm:inline">Ctrl K</kbd>
      </Button>
      {part ? <part.CommandPalette open={open} onOpenChange={setOpen} /> : null}
    </>
  );
}
