"use client";

import { useMutation } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { useState } from "react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { CopyButton } from "~/components/ui/copy-button";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { ExactTime } from "~/components/ui/exact-time";
import { useNow } from "~/components/ui/now";
import { useTRPC } from "~/trpc/react";

/**
 * borg's key of a repository as text to print. It is asked for only after the person has read what it is; showing it is written into
 * the journal. Forgotten by the page when the dialog closes.
 */
export function PaperKey({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const { now } = useNow();
  const [open, setOpen] = useState(false);
  const { run } = useConfirmFirst();
  const key = useMutation(trpc.vault.paperKey.mutationOptions());
  // What went wrong stands in `key.error`.
  const show = () => run(() => key.mutateAsync({ repositoryId: repository.id })).catch(() => null);
  return (
    <Dialog
      className="w-[44rem]"
      trigger={<Button size="small">Show the paper key</Button>}
      title={`Paper key of ${repository.name}`}
      description="With this key and the passphrase anybody can read the repository. Without the key nobody can."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) key.reset();
      }}
      footer={
        key.data ? (
          <>
            <CopyButton text={key.data.text} label="Copy" />
            <Button variant="primary" onClick={() => window.print()}>
              <Printer aria-hidden />
              Print
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => setOpen(false)}>Not now</Button>
            <Button variant="primary" busy={key.isPending} onClick={() => void show()}>
              Show it
            </Button>
          </>
        )
      }
    >
      {key.data ? (
        <div data-paper className="grid gap-3">
          <p className="hidden print:block">
            Borg Backup Server: paper key of {repository.name} ({repository.id}), printed{" "}
            <ExactTime at={now} />
          </p>
          <pre className="overflow-x-auto rounded-md border bg-sunken p-3 font-mono text-[0.8125rem]">
            {key.data.text}
          </pre>
          <p className="text-[0.8125rem] text-ink-soft">
            To use it: <code className="font-mono">borg key import --paper REPOSITORY</code>, then type these
            lines. borg checks each line as it is typed.
          </p>
        </div>
      ) : (
        <>
          <ul className="grid list-disc gap-1 pl-5 text-ink-soft">
            <li>
              Print it and keep it where the server is not. It does not change while the repository lives.
            </li>
            <li>The passphrase is not on it: keep that in another place.</li>
            <li>That you looked at it is written into the journal.</li>
          </ul>
          {key.error ? <ErrorState title="The key is not shown" error={key.error} /> : null}
        </>
      )}
    </Dialog>
  );
}
