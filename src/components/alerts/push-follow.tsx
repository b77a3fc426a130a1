"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "~/trpc/react";
import { readPushReach, unsubscribe } from "./push-browser";

/**
 * Tells the server which sign-in is in this browser now, if it is one that shows notifications: they end with that sign-in. One that the
 * server tells no more, or that tells somebody else, gives its address back.
 */
export function PushFollow() {
  const trpc = useTRPC();
  const { mutateAsync } = useMutation(trpc.pushAlerts.follow.mutationOptions());
  useEffect(() => {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    async function follow() {
      const reach = await readPushReach();
      if (reach.kind !== "able" || reach.mark === null) return;
      const { isOn } = await mutateAsync({ mark: reach.mark });
      if (!isOn) await unsubscribe();
    }
    // Without an answer it stays as it is until the next page: the server judges at each send anyway.
    follow().catch(() => undefined);
  }, [mutateAsync]);
  return null;
}
