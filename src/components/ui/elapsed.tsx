"use client";

import { useEffect, useState } from "react";
import { formatDuration } from "~/domain/quantity";
import { useNow } from "./now";

/** Time since `since`, second by second, until `until`. */
export function Elapsed({ since, until }: { since: Date; until?: Date | null }) {
  const { now } = useNow();
  const [clock, setClock] = useState<number | null>(null);
  useEffect(() => {
    if (until) return;
    const offset = Date.now() - now.getTime();
    const timer = setInterval(() => setClock(Date.now() - (Math.abs(offset) > 60_000 ? offset : 0)), 1000);
    return () => clearInterval(timer);
  }, [until, now]);
  const end = until?.getTime() ?? Math.max(clock ?? 0, now.getTime());
  return <span>{formatDuration(Math.max(0, (end - since.getTime()) / 1000))}</span>;
}
