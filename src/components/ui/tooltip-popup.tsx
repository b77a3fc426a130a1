"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactNode } from "react";

/** The shown tooltip; ~/components/ui/tooltip loads it. The pointer may go onto it. */
export function TooltipPopup({
  text,
  side,
  anchor,
  open,
  onClose,
  onEnter,
  onLeave,
}: {
  text: ReactNode;
  side: "top" | "bottom" | "left" | "right";
  anchor: HTMLElement;
  open: boolean;
  onClose: () => void;
  onEnter: () => void;
  onLeave: () => void;
}) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side={side} sideOffset={6} className="z-50">
          <Base.Popup
            onPointerEnter={onEnter}
            onPointerLeave={onLeave}
            className="max-w-80 rounded-md border border-line bg-ink px-2 py-1 text-[0.8125rem] text-canvas"
          >
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
