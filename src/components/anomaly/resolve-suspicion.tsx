"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { FormDialog } from "~/components/ui/form-dialog";
import { problemOf } from "~/components/ui/problem-of";
import { Textarea } from "~/components/ui/textarea";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";

const WORDS = {
  ours: {
    button: "This was me",
    title: "Was this meant?",
    description:
      "Say so only when you know what changed these files. Retention of the repository goes on, and the backup counts as ordinary from now on.",
    hint: "What was done, and by whom. It stays in the journal.",
    done: "It counts as meant",
  },
  "dealt-with": {
    button: "It is dealt with",
    title: "Is it dealt with?",
    description:
      "Say so when the machine is clean again and what you need is restored. Retention of the repository goes on; the archive stays marked, and is no measure for later ones.",
    hint: "What it was, and what was done. It stays in the journal.",
    done: "It is marked as dealt with",
  },
} as const;

/** Ends the hold: one of two ways to decide about a suspicious backup, with a reason for the journal. */
export function ResolveSuspicion({
  archiveId,
  resolution,
}: {
  archiveId: string;
  resolution: keyof typeof WORDS;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const words = WORDS[resolution];
  const resolve = useMutation(
    trpc.archives.resolveSuspicion.mutationOptions({
      onSuccess: async ({ stillHeld }) => {
        setOpen(false);
        toast.done(
          words.done,
          stillHeld
            ? "Another suspicious backup still holds retention of the repository."
            : "Retention of the repository goes on.",
        );
        await queryClient.invalidateQueries(trpc.archives.pathFilter());
      },
    }),
  );
  return (
    <FormDialog
      trigger={<Button variant={resolution === "ours" ? "secondary" : "quiet"}>{words.button}</Button>}
      title={words.title}
      description={words.description}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        resolve.reset();
      }}
      leave="Not now"
      send={words.button}
      busy={resolve.isPending}
      disabled={reason.trim().length < 3}
      problem={resolve.error ? problemOf(resolve.error).say : null}
      submit={() => resolve.mutate({ archiveId, resolution, reason: reason.trim() })}
    >
      <Field label="Reason" hint={words.hint}>
        <Textarea
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={1000}
          rows={3}
        />
      </Field>
    </FormDialog>
  );
}
