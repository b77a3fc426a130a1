"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { useTRPC } from "~/trpc/react";

/** Asks for a lock to be broken; the job's page shows what the keeper looked at and what it found. */
export function BreakLock({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const ask = useMutation(
    trpc.repositories.breakLock.mutationOptions({
      onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`),
    }),
  );
  return (
    <Dialog
      trigger={<Button>Break the lock</Button>}
      title={`Break the lock of ${repository.name}?`}
      description="Only needed when a backup says that the repository is locked and nothing is running."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        ask.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button variant="primary" busy={ask.isPending} onClick={() => ask.mutate({ id: repository.id })}>
            Look, and break it if nobody is in
          </Button>
        </>
      }
    >
      <ul className="grid list-disc gap-1 pl-5 text-ink-soft">
        <li>
          The storage node asks its own session ledger and looks for living processes of the client's
          accounts.
        </li>
        <li>If anybody is in, the lock stays, and the job says who.</li>
        <li>What it found is written into the journal.</li>
      </ul>
      {ask.error ? <ErrorState title="It was not asked for" error={ask.error} /> : null}
    </Dialog>
  );
}
