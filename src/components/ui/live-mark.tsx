"use client";

import { Radio, RefreshCw, WifiOff } from "lucide-react";
import { useNow } from "./now";

export type LiveState = { kind: "connecting" } | { kind: "live" } | { kind: "stale"; since: Date };

/** Whether what is on the page is what is true now. Quiet while it is. */
export function LiveMark({ state }: { state: LiveState }) {
  const { zone } = useNow();
  if (state.kind === "live") {
    return (
      <span className="inline-flex items-center gap-1.5 text-[0.8125rem] text-ink-soft">
        <Radio aria-hidden className="size-4 text-ok" />
        live
      </span>
    );
  }
  if (state.kind === "connecting") {
    return (
      <span className="inline-flex items-center gap-1.5 text-[0.8125rem] text-ink-soft">
        <RefreshCw aria-hidden className="size-4" />
        connecting
      </span>
    );
  }
  const since = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone ?? "UTC",
  });
  return (
    <span role="status" className="inline-flex items-center gap-1.5 font-medium text-[0.8125rem] text-warn">
      <WifiOff aria-hidden className="size-4" />
      stale since {since.format(state.since)}
    </span>
  );
}
