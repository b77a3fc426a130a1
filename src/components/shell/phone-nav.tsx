"use client";

import { Menu } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Sheet } from "~/components/ui/sheet";
import { NavList } from "./nav-list";

/** The navigation on phones: a sheet behind a button. */
export function PhoneNav() {
  const [open, setOpen] = useState(false);
  return (
    <Sheet
      title="Borg Backup"
      side="left"
      className="w-64"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="quiet" aria-label="Open the navigation" className="size-8 px-0 md:hidden">
          <Menu aria-hidden />
        </Button>
      }
    >
      <div className="flex h-full flex-col">
        <NavList onGo={() => setOpen(false)} />
      </div>
    </Sheet>
  );
}
