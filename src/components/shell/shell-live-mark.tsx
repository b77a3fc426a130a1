"use client";

import { LiveMark } from "~/components/ui/live-mark";
import { useLive } from "./live";

/** The mark of this tab's own subscription. */
export function ShellLiveMark() {
  return <LiveMark state={useLive()} />;
}
