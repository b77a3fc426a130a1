"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { Field } from "~/components/ui/field";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Select } from "~/components/ui/select";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";

/** The storage node takes none below 7. */
const GRACE_DAYS = [7, 14, 30, 90];

/** Deletes a repository by its typed name, with a grace period. */
export function DeleteRepository({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [graceDays, setGraceDays] = useState(14);
  const remove = useMutation(trpc.repositories.remove.mutationOptions());
  async function confirm(typedName: string) {
    await remove.mutateAsync({ id: repository.id, typedName, graceDays });
    toast.done(`${repository.name} is removed`, `It can be brought back for ${graceDays} days.`);
    await queryClient.invalidateQueries(trpc.repositories.pathFilter());
  }
  return (
    <ConfirmByName
      trigger={<Button variant="danger">Delete</Button>}
      title={`Delete ${repository.name}`}
      name={repository.name}
      lost={`After ${graceDays} days every archive in it, its key and its seals. From now on no backup goes into it.`}
      kept="Until then everything: files can be restored, and one click brings it back. The storage node holds the time by its own clock; nobody can shorten it."
      action="Delete it"
      confirm={confirm}
    >
      <Field label="Grace period">
        <Select
          choices={GRACE_DAYS.map((days) => ({ value: String(days), label: `${days} days` }))}
          value={String(graceDays)}
          onChange={(days) => setGraceDays(Number(days))}
        />
      </Field>
    </ConfirmByName>
  );
}

/** That a repository is going to be deleted, when, and the way back. */
export function BeingDeleted({
  repository,
}: {
  repository: { id: string; name: string; clientId: string; deleteAfter: Date | null };
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const undo = useMutation(
    trpc.repositories.undoRemove.mutationOptions({
      onSuccess: async () => {
        toast.done(`${repository.name} stays`, "Backups can go into it again in a moment.");
        await queryClient.invalidateQueries(trpc.repositories.pathFilter());
      },
      onError: (error) => toast.failed("It was not brought back", problemOf(error).say),
    }),
  );
  return (
    <Notice
      tone="warn"
      title="This repository is going to be deleted"
      action={
        <May action="manage-repositories" client={repository.clientId}>
          <Button variant="primary" busy={undo.isPending} onClick={() => undo.mutate({ id: repository.id })}>
            Keep it
          </Button>
        </May>
      }
    >
      It takes no backups, and is deleted for good <RelativeTime at={repository.deleteAfter} />. Until then
      files can be restored from it.
    </Notice>
  );
}
