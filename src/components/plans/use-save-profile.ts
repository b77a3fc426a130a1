"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "~/components/ui/toast";
import type { PlanSettings } from "~/domain/plan-parts";
import type { ProfileKind } from "~/domain/plan-settings";
import { useTRPC } from "~/trpc/react";

/** Saves a template or profile and opens its page; one that plans took before opens with those plans, to be applied to them again. */
export function useSaveProfile(row: { id: string; updatedAt: Date; planCount: number } | null) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.planProfiles.create.mutationOptions());
  const update = useMutation(trpc.planProfiles.update.mutationOptions());
  const [error, setError] = useState<unknown>(null);
  /** Whether it was saved. */
  async function save(given: { kind: ProfileKind; name: string; settings: PlanSettings }): Promise<boolean> {
    setError(null);
    const { kind, name, settings } = given;
    try {
      const id = row?.id ?? (await create.mutateAsync(given)).id;
      if (row) await update.mutateAsync({ id, name, settings, updatedAt: row.updatedAt });
      await queryClient.invalidateQueries(trpc.planProfiles.pathFilter());
      toast.done(`The ${kind} is saved`, kind === "profile" ? "No plan has changed by it yet." : undefined);
      router.push(
        kind === "template"
          ? "/plans/profiles"
          : `/plans/profiles/${id}${row && row.planCount > 0 ? "?applied=yes" : ""}`,
      );
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    }
  }
  return { save, error, busy: create.isPending || update.isPending };
}
