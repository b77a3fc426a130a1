"use client";

import { useMutation } from "@tanstack/react-query";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { Select } from "~/components/ui/select";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { ChannelState } from "./channel-state";
import { ChannelTest } from "./channel-test";
import { unsubscribe } from "./push-browser";
import { SEVERITY_CHOICES } from "./severity-choices";

/** A browser of one's own that is told: of what, whether it gets there, and the way to end it. */
export function PushBrowserRow({
  browser,
  isThis,
  onChanged,
}: {
  browser: Api["pushAlerts"]["list"][number];
  isThis: boolean;
  onChanged: () => Promise<void>;
}) {
  const trpc = useTRPC();
  const failed = (error: unknown) => toast.failed("It was not changed", problemOf(error).say);
  const change = useMutation(
    trpc.pushAlerts.change.mutationOptions({ onError: failed, onSettled: onChanged }),
  );
  const turnOff = useMutation(
    trpc.pushAlerts.turnOff.mutationOptions({
      onSuccess: async () => {
        if (isThis) await unsubscribe();
        toast.done(`${browser.name} is told no more`);
      },
      onError: failed,
      onSettled: onChanged,
    }),
  );
  return (
    <li className="grid gap-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="font-medium">{browser.name}</span>
          {isThis ? <Badge tone="ok">This browser</Badge> : null}
          <ChannelState channel={{ enabled: true, ...browser }} />
        </span>
        <div className="flex flex-wrap items-center gap-2">
          <Select
            aria-label={`What ${browser.name} is told of`}
            className="w-52"
            choices={SEVERITY_CHOICES}
            value={browser.minSeverity}
            onChange={(minSeverity) => change.mutate({ id: browser.id, minSeverity })}
          />
          <ChannelTest channel={browser} isOwn />
          <Button
            size="small"
            variant="danger"
            busy={turnOff.isPending}
            aria-label={`Turn off ${browser.name}`}
            onClick={() => turnOff.mutate({ id: browser.id })}
          >
            Turn off
          </Button>
        </div>
      </div>
      {browser.lastProblem ? (
        <p className="break-words text-[0.8125rem] text-fail">Last time: {browser.lastProblem}</p>
      ) : null}
    </li>
  );
}
