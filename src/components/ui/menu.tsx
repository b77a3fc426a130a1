"use client";

import Link from "next/link";
import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useId, useState } from "react";
import { cn } from "./class-names";
import { useLate } from "./late";
import { type MenuParts, useMenuParts } from "./menu-parts";
import type { OpenerProps } from "./opener";

const itemStyle =
  "flex cursor-default select-none items-center gap-2 rounded-sm px-2 py-1.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:text-ink-soft";

const loadPanel = () => import("./menu-panel");

/** A list of actions behind a button. */
export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactElement<OpenerProps>;
  children: ReactNode;
  align?: "start" | "center" | "end";
}) {
  const id = useId();
  const { part, want, warm } = useLate(loadPanel);
  const [open, setOpen] = useState(false);
  const [opener, setOpener] = useState<{ anchor: HTMLElement; byKey: boolean } | null>(null);
  function show(anchor: HTMLElement, byKey: boolean) {
    want();
    setOpener({ anchor, byKey });
    setOpen(true);
  }
  return (
    <>
      {cloneElement(trigger, {
        id,
        "aria-haspopup": "menu",
        "aria-expanded": open && part !== null,
        // A click without a count is one by key.
        onClick: (event) => show(event.currentTarget, event.detail === 0),
        onKeyDown: (event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          show(event.currentTarget, true);
        },
        onPointerEnter: warm,
        onFocus: warm,
      })}
      {part && opener ? (
        <part.MenuPanel {...opener} open={open} onOpenChange={setOpen} align={align}>
          {children}
        </part.MenuPanel>
      ) : null}
    </>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<MenuParts["Item"]>) {
  const { Item } = useMenuParts();
  return <Item className={cn(itemStyle, className)} {...rest} />;
}

export function MenuLink({
  href,
  className,
  children,
}: {
  href: string;
  className?: string;
  children: ReactNode;
}) {
  const { LinkItem } = useMenuParts();
  return (
    <LinkItem className={cn(itemStyle, className)} render={<Link href={href} />} closeOnClick>
      {children}
    </LinkItem>
  );
}

export function MenuSeparator() {
  const { Separator } = useMenuParts();
  return <Separator className="my-1 h-px bg-line" />;
}

/** A line that is not an action. */
export function MenuNote({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1.5 text-[0.8125rem] text-ink-soft">{children}</div>;
}

/** One of several, with a mark at the chosen one. */
export function MenuRadioGroup(props: ComponentProps<MenuParts["RadioGroup"]>) {
  const { RadioGroup } = useMenuParts();
  return <RadioGroup {...props} />;
}

export function MenuRadioItem({ className, children, ...rest }: ComponentProps<MenuParts["RadioItem"]>) {
  const { RadioItem, RadioItemIndicator } = useMenuParts();
  return (
    <RadioItem className={cn(itemStyle, className)} closeOnClick {...rest}>
      {children}
      <RadioItemIndicator className="ml-auto size-1.5 rounded-full bg-accent" />
    </RadioItem>
  );
}
