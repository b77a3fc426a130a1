"use client";

import { cloneElement, type ReactElement, type ReactNode, useEffect, useState } from "react";
import { useLate } from "./late";
import type { OpenerProps } from "./opener";

const loadPanel = () => import("./dialog-panel");

/** A question in front of the page. Open by `trigger` or by `open`; `footer` holds the buttons, the cancelling one first. */
export function Dialog({
  trigger,
  open: given,
  onOpenChange,
  ...panel
}: {
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  trigger?: ReactElement<OpenerProps>;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}) {
  const [own, setOwn] = useState(false);
  const open = given ?? own;
  const { part, want, warm } = useLate(loadPanel);
  useEffect(() => {
    if (open) want();
  }, [open, want]);
  function change(next: boolean) {
    setOwn(next);
    onOpenChange?.(next);
  }
  return (
    <>
      {trigger
        ? cloneElement(trigger, {
            "aria-haspopup": "dialog",
            "aria-expanded": open && part !== null,
            onClick: () => {
              want();
              change(true);
            },
            onPointerEnter: warm,
            onFocus: warm,
          })
        : null}
      {part ? <part.DialogPanel {...panel} open={open} onOpenChange={change} /> : null}
    </>
  );
}
