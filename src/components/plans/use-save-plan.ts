"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { UseFormSetError } from "react-hook-form";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import type { PlanDraft } from "~/domain/plan-input";
import { sayTiming } from "~/domain/schedule-words";
import { useTRPC } from "~/trpc/react";

/** Saves a plan and opens its page. A taken name is told at the name; anything else comes back as `error`. */
export function useSavePlan(
  { planId, openedAt }: { planId: string | null; openedAt: Date | null },
  setError: UseFormSetError<PlanDraft>,
) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [error, setFailure] = useState<unknown>(null);
  const create = useMutation(trpc.plans.create.mutationOptions());
  const update = useMutation(trpc.plans.update.mutationOptions());

  async function save(draft: PlanDraft) {
    setFailure(null);
    try {
      const { clientId, ...settings } = draft;
      const id = planId ?? (await create.mutateAsync({ clientId, ...settings })).id;
      if (planId !== null)
        await update.mutateAsync({ id: planId, ...settings, ...(openedAt ? { updatedAt: openedAt } : {}) });
      await queryClient.invalidateQueries(trpc.plans.pathFilter());
      toast.done(
        planId === null ? "The plan is saved" : "The changes are saved",
        draft.schedule
          ? `It runs by itself: ${sayTiming(draft.schedule)}.`
          : "It runs when you press Back up now.",
      );
      router.push(`/plans/${id}`);
    } catch (failure) {
      const problem = problemOf(failure);
      // Thrown errors keep react-hook-form from calling the form submitted; these are shown instead.
      if (problem.code === "name-taken") setError("name", { message: problem.say }, { shouldFocus: true });
      else {
        setFailure(failure);
        setError("root", { message: problem.say });
      }
    }
  }
  return { save, error };
}
