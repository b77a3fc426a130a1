"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { Button } from "~/components/ui/button";

const CommandPalette = dynamic(() => import("./command-palette").then((loaded) => loaded.CommandPalette), {
  ssr: false,
});

/** Opens the command palette, by click or Ctrl-K. Its code is loaded at the first opening. */
export function CommandButton() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setWanted(true);
      setOpen((before) => !before);
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button
        className="min-w-0 justify-start text-ink-soft sm:w-64"
        aria-keyshortcuts="Control+K"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
      >
        <Search aria-hidden />
        <span className="truncate">Go to</span>
        <kbd className="ml-auto hidden rounded-sm border px-1 font-sans text-[0.75rem] sm:inline">Ctrl K</kbd>
      </Button>
      {wanted ? <CommandPalette open={open} onOpenChange={setOpen} /> : null}
    </>
  );
}
