"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./class-names";
import { backdropStyle } from "./dialog";

/** A panel that slides in from a side: the navigation on phones, details beside a list. */
export function Sheet({
  title,
  children,
  trigger,
  open,
  onOpenChange,
  side = "right",
  className,
}: {
  title: string;
  children: ReactNode;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: "left" | "right";
  className?: string;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {trigger ? <Base.Trigger render={trigger} /> : null}
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
