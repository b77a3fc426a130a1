"use client";

import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cn } from "./class-names";

const itemStyle =
  "flex cursor-default select-none items-center gap-2 rounded-sm px-2 py-1.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:text-ink-soft";

/** A list of actions behind a button. */
export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="z-50" align={align} sideOffset={4}>
          <Base.Popup className="max-h-[70vh] min-w-48 max-w-[92vw] overflow-auto rounded-md border border-line-strong bg-raised p-1 outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Base.Item>) {
  return <Base.Item className={cn(itemStyle, className)} {...rest} />;
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
  return (
    <Base.LinkItem className={cn(itemStyle, className)} render={<Link href={href} />} closeOnClick>
      {children}
    </Base.LinkItem>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

/** A line that is not an action. */
export function MenuNote({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1.5 text-[0.8125rem] text-ink-soft">{children}</div>;
}

/** One of several, with a mark at the chosen one. */
export const MenuRadioGroup = Base.RadioGroup;
export function MenuRadioItem({ className, children, ...rest }: ComponentProps<typeof Base.RadioItem>) {
  return (
    <Base.RadioItem className={cn(itemStyle, className)} closeOnClick {...rest}>
      {children}
      <Base.RadioItemIndicator className="ml-auto size-1.5 rounded-full bg-accent" />
    </Base.RadioItem>
  );
}
