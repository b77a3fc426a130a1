"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { Dialog } from "~/components/ui/dialog";
import { useTRPC } from "~/trpc/react";

const TYPED = "recovery key";

/** Makes a recovery key after a typed confirmation and shows it, this once. The page forgets it when the dialog closes. */
export function NewRecoveryKey({ replaces }: { replaces: string | null }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { run } = useConfirmFirst();
  const make = useMutation(trpc.selfBackups.makeKey.mutationOptions());
  const close = () => {
    make.reset();
    void queryClient.invalidateQueries(trpc.selfBackups.pathFilter());
  };
  return (
    <>
      <ConfirmByName
        trigger={
          <Button size="small" variant={replaces ? "secondary" : "primary"}>
            {replaces ? "New recovery key" : "Make the recovery key"}
          </Button>
        }
        title={replaces ? "Make a new recovery key" : "Make the recovery key"}
        name={TYPED}
        harmless
        lostTitle="What happens"
        lost="The key is shown once. Have paper or a printer ready: this server keeps only the half that locks, and nobody can show it again."
        keptTitle="What stays"
        kept={
          replaces
            ? `Files that exist already still open with the key ${replaces}: keep that paper as long as you keep them.`
            : "Nothing changes for clients and their backups."
        }
        action="Show it once"
        cancel="Not now"
        confirm={() => run(() => make.mutateAsync({ typed: TYPED }))}
      />
      <Dialog
        title="The recovery key"
        description="Whoever has it and a file of a self-backup has all secrets of this server."
        open={make.data !== undefined}
        onOpenChange={(open) => {
          if (!open) close();
        }}
        footer={
          <>
            <Button onClick={() => window.print()}>
              <Printer aria-hidden />
              Print
            </Button>
            <Button variant="primary" onClick={close}>
              It is on paper
            </Button>
          </>
        }
      >
        {make.data ? (
          <div data-paper className="grid gap-3">
            <p>Borg Backup Server: recovery key {make.data.publicKey.slice(0, 12)}</p>
            <pre className="overflow-x-auto whitespace-pre-wrap break-words rounded-md border bg-sunken p-3 font-mono">
              {make.data.paper}
            </pre>
            <p className="text-ink-soft">
              To rebuild the server: <code className="font-mono">bbs-admin recover FILE</code>, with these
              letters on standard input. Upper and lower case and dashes do not matter.
            </p>
          </div>
        ) : null}
      </Dialog>
    </>
  );
}
