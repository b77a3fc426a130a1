"use client";

import { useEffect, useState } from "react";

/** A value once it has not changed for a while; at first, the value itself. Compared by what it holds. */
export function useSettled<Value>(value: Value, restMs: number): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the value holds, not which object it is.
  useEffect(() => {
    if (JSON.stringify(settled) === text) return;
    const timer = setTimeout(() => setSettled(value), restMs);
    return () => clearTimeout(timer);
  }, [text, restMs]);
  return settled;
}
