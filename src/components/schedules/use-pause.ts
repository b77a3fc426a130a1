"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** Pauses a plan's schedule, or resumes it: its next time is then one that is still to come. */
export function usePause(plan: { id: string; name: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const done = (title: string, text: string) => async () => {
    toast.done(title, text);
    await Promise.all(
      [trpc.plans, trpc.schedules, trpc.clients, trpc.overview].map((room) =>
        queryClient.invalidateQueries(room.pathFilter()),
      ),
    );
  };
  const pause = useMutation(
    trpc.schedules.pause.mutationOptions({
      onSuccess: done(`${plan.name} is paused`, "Nothing of it begins by itself until it is resumed."),
      onError: (error) => toast.failed("It was not paused", problemOf(error).say),
    }),
  );
  const resume = useMutation(
    trpc.schedules.resume.mutationOptions({
      onSuccess: done(`${plan.name} is resumed`, "It begins at its next time, not now."),
      onError: (error) => toast.failed("It was not resumed", problemOf(error).say),
    }),
  );
  return {
    busy: pause.isPending || resume.isPending,
    pause: () => pause.mutate({ planId: plan.id }),
    resume: () => resume.mutate({ planId: plan.id }),
  };
}
