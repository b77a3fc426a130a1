"use client";

import { useMutation } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { useState } from "react";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { ExactTime } from "~/components/ui/exact-time";
import { useNow } from "~/components/ui/now";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type Sheet = Api["vault"]["recoverySheet"];

/**
 * Key and passphrase of a repository on one page to print: with it and the repository's files plain borg reads everything. Asked for only after
 * the person has read what it is, shows again who they are, and is journaled. Forgotten by the page when the dialog closes.
 */
export function RecoverySheet({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const { run } = useConfirmFirst();
  const ask = useMutation(trpc.vault.recoverySheet.mutationOptions());
  const show = useMutation({ mutationFn: () => run(() => ask.mutateAsync({ repositoryId: repository.id })) });
  return (
    <Dialog
      className="w-[44rem]"
      trigger={<Button size="small">Recovery sheet</Button>}
      title={`Recovery sheet of ${repository.name}`}
      description="Key and passphrase on one page. Whoever has it and the repository's files can read everything."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) {
          show.reset();
          ask.reset();
        }
      }}
      footer={
        show.data ? (
          <Button variant="primary" onClick={() => window.print()}>
            <Printer aria-hidden />
            Print
          </Button>
        ) : (
          <>
            <Button onClick={() => setOpen(false)}>Not now</Button>
            <Button variant="primary" busy={show.isPending} onClick={() => show.mutate()}>
              Show it
            </Button>
          </>
        )
      }
    >
      {show.data ? (
        <Page sheet={show.data} />
      ) : (
        <>
          <ul className="grid list-disc gap-1 pl-5 text-ink-soft">
            <li>
              Print it and lock it away where the server is not. It does not change while the repository
              lives.
            </li>
            <li>You are asked for your second factor (without one: your password) again.</li>
            <li>That you looked at it is written into the journal.</li>
          </ul>
          {show.error ? <ErrorState title="The sheet is not shown" error={show.error} /> : null}
        </>
      )}
    </Dialog>
  );
}

function Page({ sheet }: { sheet: Sheet }) {
  const { now } = useNow();
  const code = "overflow-x-auto rounded-md border bg-sunken p-3 font-mono text-[0.8125rem]";
  return (
    <div data-paper className="grid gap-3">
      <p>
        Borg Backup Server: repository {sheet.repositoryName} of {sheet.clientName}, printed{" "}
        <ExactTime at={now} />
      </p>
      <dl className="grid gap-1 text-[0.8125rem]">
        <Fact name="Folder on the storage server" text={`repos/${sheet.repositoryId}`} />
        <Fact name="borg's id" text={sheet.borgId ?? "none yet"} />
        <Fact name="Encryption" text={sheet.encryption} />
      </dl>
      <div>
        <h3 className="font-medium">Passphrase</h3>
        <pre className={code}>{sheet.passphrase}</pre>
      </div>
      {sheet.paperKey ? (
        <div>
          <h3 className="font-medium">Key</h3>
          <pre className={code}>{sheet.paperKey}</pre>
        </div>
      ) : (
        <p className="text-warn">
          {sheet.encryption === "none"
            ? "This repository has no key: it is not encrypted."
            : "The key is not kept here yet: it is exported at the first clean audit. Print the sheet again then."}
        </p>
      )}
      <p className="text-[0.8125rem] text-ink-soft">
        To read it anywhere: copy the folder, and only if its key is lost or damaged run{" "}
        <code className="font-mono">borg key import --paper FOLDER</code> and type the lines above. Then{" "}
        <code className="font-mono">borg list FOLDER</code> asks for the passphrase.
      </p>
    </div>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <div className="flex flex-wrap gap-x-2">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="break-all font-mono">{text}</dd>
    </div>
  );
}
