"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { type Quotas, QuotasDialog } from "./quotas-dialog";

/** Both quotas of a repository: the hard one, which refuses, and the soft one, which only says so. */
export function EditQuotas({ repository }: { repository: Quotas & { id: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const save = useMutation(
    trpc.repositories.setQuotas.mutationOptions({
      onSuccess: async ({ jobId }) => {
        toast.done(
          "The quotas are changed",
          jobId ? "The storage node takes over the hard one as soon as nobody writes." : undefined,
        );
        await queryClient.invalidateQueries(trpc.repositories.pathFilter());
      },
    }),
  );
  return (
    <QuotasDialog
      quotas={repository}
      hardHint="Beyond it borg and the gate refuse to write: the next backup fails."
      softHint="Beyond it an alert is raised; nothing is refused."
      save={{ ...save, mutateAsync: (quotas) => save.mutateAsync({ id: repository.id, ...quotas }) }}
    />
  );
}
