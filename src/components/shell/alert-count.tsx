"use client";

import { useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import Link from "next/link";
import { cn } from "~/components/ui/class-names";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";

/** Serious and critical alerts that nobody has acknowledged; zero for whoever may see none. */
function useLoudAlerts(): number {
  const trpc = useTRPC();
  const enabled = useMay("view");
  const { data } = useQuery(trpc.alerts.counts.queryOptions(undefined, { enabled }));
  return data?.loud ?? 0;
}

/** Their number beside the name of the page; nothing while there are none. */
export function AlertCount({ narrow }: { narrow: boolean }) {
  const loud = useLoudAlerts();
  if (loud === 0) return null;
  return (
    <span
      className={cn(
        "rounded-sm bg-fail px-1 font-medium text-[0.75rem] text-panel",
        narrow ? "absolute top-0 right-0 leading-4" : "ml-auto",
      )}
    >
      {formatCount(loud)}
      <span className="sr-only"> that need somebody</span>
    </span>
  );
}

/** The same in the bar above every page, where phones see it too. */
export function AlertMark() {
  const loud = useLoudAlerts();
  if (loud === 0) return null;
  const said = `${formatCount(loud)} ${loud === 1 ? "alert needs" : "alerts need"} somebody`;
  return (
    <Link
      href="/alerts?which=new&severity=loud"
      title={said}
      className="flex h-8 items-center gap-1.5 rounded-md px-2 font-medium text-fail hover:bg-hover"
    >
      <BellRing aria-hidden className="size-4" />
      <span aria-hidden>{formatCount(loud)}</span>
      <span className="sr-only">{said}</span>
    </Link>
  );
}
