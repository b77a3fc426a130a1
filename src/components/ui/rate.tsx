"use client";

import { useEffect, useRef, useState } from "react";
import { formatRate } from "~/domain/quantity";

/** How strongly a new measurement pulls the shown rate: about the last ten reports count. */
const PULL = 0.2;

/** Bytes per second of a growing number, smoothed. Shows `-` until two measurements have come. */
export function Rate({ bytes, at }: { bytes: number; at: Date }) {
  const last = useRef<{ bytes: number; at: number } | null>(null);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = { bytes, at: at.getTime() };
    if (!before || at.getTime() <= before.at) return;
    const measured = Math.max(0, (bytes - before.bytes) / ((at.getTime() - before.at) / 1000));
    setRate((shown) => (shown === null ? measured : shown + (measured - shown) * PULL));
  }, [bytes, at]);
  return <span className="whitespace-nowrap">{rate === null ? "-" : formatRate(rate)}</span>;
}
