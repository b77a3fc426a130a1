"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { backdropStyle } from "./backdrop-style";
import { cn } from "./class-names";

/** The opened sheet; ~/components/ui/sheet loads it. */
export function SheetPanel({
  title,
  children,
  open,
  onOpenChange,
  side,
  className,
}: {
  title: string;
  children: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  side: "left" | "right";
  className?: string;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Popup
          className={cn(
            "fixed inset-y-0 z-40 flex w-80 max-w-[88vw] flex-col bg-panel outline-none transition-transform duration-150",
            side === "left"
              ? "left-0 border-r data-[ending-style]:-translate-x-full data-[starting-style]:-translate-x-full"
              : "right-0 border-l data-[ending-style]:translate-x-full data-[starting-style]:translate-x-full",
            className,
          )}
        >
          <div className="flex h-12 shrink-0 items-center justify-between border-b px-4">
            <Base.Title className="font-semibold">{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className="rounded-md p-1 text-ink-soft hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
