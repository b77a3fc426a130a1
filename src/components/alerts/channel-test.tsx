"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useEffect } from "react";
import { Button } from "~/components/ui/button";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { ChannelRow } from "./channel-draft";

/** How often the state of a test under way is asked for. */
const LOOK_MS = 1000;

/** Sends a test through a channel and says what came of it, in the receiver's own words. */
export function ChannelTest({ channel }: { channel: ChannelRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const test = useMutation(
    trpc.alertChannels.test.mutationOptions({
      onError: (error) => toast.failed("No test was sent", problemOf(error).say),
    }),
  );
  const id = test.data?.deliveryId;
  const { data: sent } = useQuery(
    trpc.alertChannels.testState.queryOptions(
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
    void queryClient.invalidateQueries(trpc.alertChannels.list.pathFilter());
  }, [id, state, problem, channel.name, queryClient, trpc]);
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
