"use client";

import { useQueryClient } from "@tanstack/react-query";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

/** What happens when work for the vault was asked for or refused: says so, and reads the vault and the jobs again. */
export function useVaultJob(words: { done: string; more?: string; failed: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    onSuccess: async () => {
      toast.done(words.done, words.more);
      await queryClient.invalidateQueries(trpc.vault.pathFilter());
      await queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
    },
    onError: (error: unknown) => toast.failed(words.failed, problemOf(error).say),
  };
}
