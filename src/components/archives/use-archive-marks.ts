"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** Bringing archives back from the trash, and protecting them. Both are done by the server within a moment; the page follows by itself. */
export function useArchiveMarks() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const look = () => queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
  const bringBack = useMutation(
    trpc.archives.bringBack.mutationOptions({
      onSuccess: () => {
        toast.done("The archive is being brought back", "It stands among the others again in a moment.");
        return look();
      },
      onError: (error) => toast.failed("It was not brought back", problemOf(error).say),
    }),
  );
  const protect = useMutation(
    trpc.archives.protect.mutationOptions({
      onSuccess: (_, { protected: on }) => {
        toast.done(
          on ? "The archive is being protected" : "The protection is being taken away",
          on ? "No rule and no person removes it while it is." : "Retention may remove it from now on.",
        );
        return look();
      },
      onError: (error) => toast.failed("The protection was not changed", problemOf(error).say),
    }),
  );
  return { bringBack, protect };
}
