"use client";

import { cloneElement, type ReactElement, type ReactNode } from "react";
import { useLate } from "./late";
import type { OpenerProps } from "./opener";

const loadPanel = () => import("./sheet-panel");

/** A panel that slides in from a side: the navigation on phones, details beside a list. */
export function Sheet({
  trigger,
  open,
  onOpenChange,
  side = "right",
  ...panel
}: {
  title: string;
  children: ReactNode;
  trigger: ReactElement<OpenerProps>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  side?: "left" | "right";
  className?: string;
}) {
  const { part, want, warm } = useLate(loadPanel);
  return (
    <>
      {cloneElement(trigger, {
        "aria-haspopup": "dialog",
        "aria-expanded": open && part !== null,
        onClick: () => {
          want();
          onOpenChange(true);
        },
        onPointerEnter: warm,
        onFocus: warm,
      })}
      {part ? <part.SheetPanel {...panel} side={side} open={open} onOpenChange={onOpenChange} /> : null}
    </>
  );
}
