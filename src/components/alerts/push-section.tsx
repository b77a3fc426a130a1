"use client";

import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { type PushReach, readPushReach } from "./push-browser";
import { PushBrowserRow } from "./push-browser-row";
import { TurnOnPush } from "./turn-on-push";

/** What this browser itself says; nothing that the server could be asked for. */
const REACH = ["push-reach"];

/** Alerts as notifications of one's own browsers: this one first, on or off, and the others that are on. */
export function PushSection() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: browsers } = useSuspenseQuery(trpc.pushAlerts.list.queryOptions());
  const { data: reach, refetch } = useQuery({
    ...{ queryKey: REACH, queryFn: readPushReach, retry: false, staleTime: 0 },
  });
  const mark = reach?.kind === "able" ? reach.mark : null;
  const sorted = [...browsers].sort((a, b) => Number(b.mark === mark) - Number(a.mark === mark));
  const isOn = mark !== null && browsers.some((browser) => browser.mark === mark);
  const changed = async () => {
    await Promise.all([queryClient.invalidateQueries(trpc.pushAlerts.list.pathFilter()), refetch()]);
  };
  return (
    <Section
      title="Browser notifications"
      note="A short note on a device of yours when an alert is raised, also while no page of this console is open. It holds the alert's title and nothing else, and ends with your sign-in there."
    >
      <div className="grid gap-4 rounded-md border bg-panel p-4">
        {isOn ? null : <ThisBrowser reach={reach} onChanged={changed} />}
        {sorted.length === 0 ? null : (
          <ul aria-label="Browsers that are told" className="grid gap-4">
            {sorted.map((browser) => (
              <PushBrowserRow
                key={browser.id}
                browser={browser}
                isThis={browser.mark === mark}
                onChanged={changed}
              />
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

function ThisBrowser({ reach, onChanged }: { reach: PushReach | undefined; onChanged: () => Promise<void> }) {
  if (!reach) return <SkeletonRows rows={1} />;
  switch (reach.kind) {
    case "unable":
      return (
        <p className="text-ink-soft">
          This browser cannot be told: notifications need https and a browser that knows web push. On an
          iPhone or iPad add the console to the home screen first, and open it there.
        </p>
      );
    case "blocked":
      return (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="max-w-prose text-warn">
            This browser blocks notifications of this site. Allow them in its settings for the site.
          </p>
          <Button onClick={() => void onChanged()}>Look again</Button>
        </div>
      );
    case "able":
      return <TurnOnPush onChanged={onChanged} />;
  }
}
