"use client";

import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { useLate } from "./late";

/** Milliseconds a pointer rests before the text comes, and has to get from the element onto the text before it goes. */
const REST_MS = 400;
const LEAVE_MS = 120;

interface HoverProps {
  onPointerEnter?: (event: PointerEvent<HTMLElement>) => void;
  onPointerLeave?: () => void;
  onPointerDown?: () => void;
  onFocus?: (event: FocusEvent<HTMLElement>) => void;
  onBlur?: () => void;
}

const loadPopup = () => import("./tooltip-popup");

/** Text on hover and focus. `children` is one element that passes events on; never the only place of something needed. */
export function Tooltip({
  text,
  children,
  side = "bottom",
}: {
  text: ReactNode;
  children: ReactElement<HoverProps>;
  side?: "top" | "bottom" | "left" | "right";
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const { part, want, warm } = useLate(loadPopup);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const cancel = useCallback(() => {
    if (timer.current) clearTimeout(timer.current);
    timer.current = null;
  }, []);
  useEffect(() => cancel, [cancel]);
  const after = (ms: number, next: boolean) => {
    cancel();
    timer.current = setTimeout(() => setOpen(next), ms);
  };
  const close = () => {
    cancel();
    setOpen(false);
  };
  const show = (at: HTMLElement, ms: number) => {
    want();
    setAnchor(at);
    after(ms, true);
  };
  return (
    <>
      {cloneElement(children, {
        onPointerEnter: (event) => {
          if (event.pointerType !== "touch") show(event.currentTarget, REST_MS);
        },
        onPointerLeave: () => after(LEAVE_MS, false),
        onPointerDown: close,
        onFocus: (event) => {
          warm();
          if (event.currentTarget.matches(":focus-visible")) show(event.currentTarget, 0);
        },
        onBlur: close,
      })}
      {part && anchor ? (
        <part.TooltipPopup
          text={text}
          side={side}
          anchor={anchor}
          open={open}
          onClose={close}
          onEnter={cancel}
          onLeave={() => after(LEAVE_MS, false)}
        />
      ) : null}
    </>
  );
}
