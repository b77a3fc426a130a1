"use client";

import { useQuery } from "@tanstack/react-query";
import { OctagonAlert } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "~/trpc/react";
import { useMay } from "../system/use-may";
import { HELD_NOW } from "./held-now";

/** Incidents that get a sentence of their own. */
const SHOWN = 3;

/** Over every page while any repository is held: what happened to which, and the way to decide about it. Nothing otherwise. */
export function HeldBanner() {
  const trpc = useTRPC();
  const enabled = useMay("view");
  const { data } = useQuery(trpc.vault.incidents.queryOptions(HELD_NOW, { enabled }));
  const held = data?.items ?? [];
  if (held.length === 0) return null;
  const more = held.length - SHOWN;
  return (
    <div role="alert" className="border-fail border-b bg-fail-wash px-4 py-2 sm:px-6">
      <ul className="mx-auto grid max-w-[87rem] gap-1">
        {held.slice(0, SHOWN).map((incident) => (
          <li key={incident.id} className="flex items-start gap-2">
            <OctagonAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
            <p className="min-w-0 flex-1 text-pretty wrap-anywhere">
              <strong className="font-semibold text-fail">
                {incident.clientName} / {incident.repositoryName} is held.
              </strong>{" "}
              {incident.sentence}
            </p>
            <Link
              prefetch={false}
              href={`/incidents/${incident.id}`}
              className="shrink-0 font-medium text-fail underline underline-offset-2"
              aria-label={`Review ${incident.clientName} / ${incident.repositoryName}`}
            >
              Review
            </Link>
          </li>
        ))}
        {more > 0 ? (
          <li className="pl-6">
            <Link
              prefetch={false}
              href="/incidents"
              className="font-medium text-fail underline underline-offset-2"
            >
              {data?.nextCursor ? `and more than ${more} more` : `and ${more} more`}
            </Link>
          </li>
        ) : null}
      </ul>
    </div>
  );
}
