"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { backdropStyle } from "./backdrop-style";
import { cn } from "./class-names";

/** The opened dialog; ~/components/ui/dialog loads it. */
export function DialogPanel({
  title,
  description,
  children,
  footer,
  open,
  onOpenChange,
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  className?: string;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Popup
          className={cn(
            "fixed top-1/2 left-1/2 z-40 flex max-h-[90dvh] w-[32rem] max-w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line-strong bg-raised outline-none",
            className,
          )}
        >
          <div className="flex items-start gap-4 border-b px-4 py-3">
            <div className="grid gap-1">
              <Base.Title className="font-semibold text-base">{title}</Base.Title>
              {description ? (
                <Base.Description className="text-ink-soft">{description}</Base.Description>
              ) : null}
            </div>
            <Base.Close
              aria-label="Close"
              className="ml-auto rounded-md p-1 text-ink-soft hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          {children ? <div className="grid gap-4 overflow-auto p-4">{children}</div> : null}
          {footer ? (
            <div className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</div>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
