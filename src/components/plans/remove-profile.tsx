"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

/** Takes a template or profile away; plans keep what they took from it. */
export function RemoveProfile({
  profile,
  size = "medium",
}: {
  profile: Api["planProfiles"]["list"][number];
  size?: "small" | "medium";
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.planProfiles.remove.mutationOptions({
      onSuccess: async () => {
        toast.done(`The ${profile.kind} ${profile.name} is removed`, "No plan has changed by it.");
        router.push("/plans/profiles");
        await queryClient.invalidateQueries(trpc.planProfiles.list.pathFilter());
      },
    }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button variant="danger" size={size} aria-label={`Remove the ${profile.kind} ${profile.name}`}>
          <Trash2 aria-hidden />
          Remove
        </Button>
      }
      title={`Remove this ${profile.kind}?`}
      name={profile.name}
      lost={
        profile.kind === "profile"
          ? "The profile. Its settings can no longer be applied to many plans at once."
          : "The template. If it took the place of a built-in one of its name, that one comes back."
      }
      kept="Every plan, with all it took from it."
      action={`Remove the ${profile.kind}`}
      confirm={() => remove.mutateAsync({ id: profile.id })}
    />
  );
}
