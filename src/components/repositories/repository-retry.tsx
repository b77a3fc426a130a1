"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";

/** Why it could not be made, and another try. */
export function RepositoryRetry({
  repository,
}: {
  repository: { id: string; clientId: string; problem: string | null };
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const retry = useMutation(
    trpc.repositories.retry.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.repositories.pathFilter()),
      onError: (error) => toast.failed("It is not tried again", problemOf(error).say),
    }),
  );
  return (
    <Notice
      tone="fail"
      title="The repository was not made"
      action={
        <May action="manage-repositories" client={repository.clientId}>
          <Button
            variant="primary"
            busy={retry.isPending}
            onClick={() => retry.mutate({ id: repository.id })}
          >
            Try again
          </Button>
        </May>
      }
    >
      {repository.problem ?? "The storage node did not say why."}
    </Notice>
  );
}
