"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useEffect } from "react";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import type { ChannelKind } from "~/domain/alert";
import { useTRPC } from "~/trpc/react";

/** How often the state of a test under way is asked for. */
const LOOK_MS = 1000;

/** Sends a test through a channel and says what came of it, in the receiver's own words. `isOwn`: it is a browser of one's own. */
export function ChannelTest({
  channel,
  isOwn = false,
}: {
  channel: { id: string; name: string; kind?: ChannelKind };
  isOwn?: boolean;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const room = isOwn ? trpc.pushAlerts : trpc.alertChannels;
  const test = useMutation(
    room.test.mutationOptions({
      onError: (error) => toast.failed("No test was sent", problemOf(error).say),
    }),
  );
  const id = test.data?.deliveryId;
  const { data: sent } = useQuery(
    room.testState.queryOptions(
      { id: id ?? "" },
      {
        enabled: id !== undefined,
        refetchInterval: (query) =>
          query.state.data && query.state.data.state !== "waiting" ? false : LOOK_MS,
      },
    ),
  );
  const state = sent?.state ?? "waiting";
  const problem = sent?.problem ?? null;
  useEffect(() => {
    if (id === undefined || state === "waiting") return;
    if (state === "sent") toast.done(`${channel.name} took the test`, "Look whether it arrived.");
    else toast.failed(`${channel.name} did not take the test`, problem ?? "It is not known why.");
    void queryClient.invalidateQueries(room.list.pathFilter());
  }, [id, state, problem, channel.name, queryClient, room]);
  return (
    <Button
      size="small"
      busy={test.isPending || (id !== undefined && state === "waiting")}
      aria-label={`Send a test to ${channel.name}`}
      title={channel.kind === "ping" ? "The other side counts it as a ping" : undefined}
      onClick={() => test.mutate({ id: channel.id })}
    >
      <Send aria-hidden />
      Test
    </Button>
  );
}
