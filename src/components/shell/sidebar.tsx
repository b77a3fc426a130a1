"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { rememberChoice } from "~/components/system/theme";
import { cn } from "~/components/ui/class-names";
import { Mark } from "./mark";
import { NavList } from "./nav-list";
import { SIDEBAR_COOKIE } from "./sidebar-choice";

/** The sidebar from tablets up; remembers in a cookie whether it is narrow, so that the server draws it right at once. */
export function Sidebar({ startNarrow }: { startNarrow: boolean }) {
  const [narrow, setNarrow] = useState(startNarrow);
  function toggle() {
    rememberChoice(SIDEBAR_COOKIE, narrow ? "wide" : "narrow");
    setNarrow(!narrow);
  }
  const Icon = narrow ? PanelLeftOpen : PanelLeftClose;
  return (
    <aside
      className={cn(
        "sticky top-0 hidden h-dvh shrink-0 flex-col border-r bg-panel md:flex",
        narrow ? "w-14" : "w-52",
      )}
    >
      <Link
        href="/"
        className={cn(
          "flex h-12 shrink-0 items-center gap-2.5 border-b px-4 font-semibold",
          narrow && "justify-center px-0",
        )}
      >
        <Mark className="size-6 shrink-0" />
        <span className={narrow ? "sr-only" : undefined}>Borg Backup</span>
      </Link>
      <NavList narrow={narrow} />
      <div className="border-t p-2">
        <button
          type="button"
          onClick={toggle}
          aria-label={narrow ? "Widen the sidebar" : "Narrow the sidebar"}
          className={cn(
            "flex h-8 w-full items-center gap-3 rounded-md px-2.5 text-ink-soft hover:bg-hover hover:text-ink",
            narrow && "justify-center px-0",
          )}
        >
          <Icon aria-hidden className="size-4 shrink-0" />
          {narrow ? null : "Narrow"}
        </button>
      </div>
    </aside>
  );
}
