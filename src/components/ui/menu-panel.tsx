"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { type ReactNode, useRef } from "react";
import { type MenuParts, MenuPartsContext } from "./menu-parts";

const parts: MenuParts = {
  Item: Base.Item,
  LinkItem: Base.LinkItem,
  Separator: Base.Separator,
  RadioGroup: Base.RadioGroup,
  RadioItem: Base.RadioItem,
  RadioItemIndicator: Base.RadioItemIndicator,
};

/** The opened menu; ~/components/ui/menu loads it. `byKey`: opened from the keyboard, so the first line is highlighted. */
export function MenuPanel({
  anchor,
  byKey,
  open,
  onOpenChange,
  align,
  children,
}: {
  anchor: HTMLElement;
  byKey: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  align: "start" | "center" | "end";
  children: ReactNode;
}) {
  const popup = useRef<HTMLDivElement>(null);
  function highlightFirst(nowOpen: boolean) {
    if (!nowOpen || !byKey) return;
    const first = popup.current?.querySelector("[role^=menuitem]");
    if (first instanceof HTMLElement) first.focus();
  }
  return (
    <MenuPartsContext value={parts}>
      <Base.Root open={open} onOpenChange={onOpenChange} onOpenChangeComplete={highlightFirst}>
        <Base.Portal>
          <Base.Positioner anchor={anchor} className="z-50" align={align} sideOffset={4}>
            <Base.Popup
              ref={popup}
              aria-labelledby={anchor.id}
              finalFocus={() => anchor}
              className="max-h-[70vh] min-w-48 max-w-[92vw] overflow-auto rounded-md border border-line-strong bg-raised p-1 outline-none"
            >
              {children}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </MenuPartsContext>
  );
}
