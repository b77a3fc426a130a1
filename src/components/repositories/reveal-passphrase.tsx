"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { CopyLine } from "~/components/ui/copy-line";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { useTRPC } from "~/trpc/react";

/**
 * A repository's passphrase. It is asked for only after the person has read what it is; showing it asks who they are again and is written
 * into the journal. Forgotten by the page when the dialog closes.
 */
export function RevealPassphrase({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const { run } = useConfirmFirst();
  const ask = useMutation(trpc.repositories.revealPassphrase.mutationOptions());
  const reveal = useMutation({ mutationFn: () => run(() => ask.mutateAsync({ id: repository.id })) });
  return (
    <Dialog
      className="w-[36rem]"
      trigger={<Button size="small">Show the passphrase</Button>}
      title={`Passphrase of ${repository.name}`}
      description="With it and the repository's files, plain borg reads everything on any machine."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) {
          reveal.reset();
          ask.reset();
        }
      }}
      footer={
        reveal.data ? (
          <Button variant="primary" onClick={() => setOpen(false)}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={() => setOpen(false)}>Not now</Button>
            <Button variant="primary" busy={reveal.isPending} onClick={() => reveal.mutate()}>
              Show it
            </Button>
          </>
        )
      }
    >
      {reveal.data ? (
        <div className="grid gap-3">
          <CopyLine text={reveal.data.passphrase} label="Copy the passphrase" />
          <p className="text-[0.8125rem] text-ink-soft">
            Keep it where the server is not, and apart from the paper key.
          </p>
        </div>
      ) : (
        <>
          <ul className="grid list-disc gap-1 pl-5 text-ink-soft">
            <li>
              It does not change while the repository lives: whoever has read it once can use it for ever.
            </li>
            <li>You are asked for your second factor (without one: your password) again.</li>
            <li>That you looked at it is written into the journal.</li>
          </ul>
          {reveal.error ? <ErrorState title="The passphrase is not shown" error={reveal.error} /> : null}
        </>
      )}
    </Dialog>
  );
}
