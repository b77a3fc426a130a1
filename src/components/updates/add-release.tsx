"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Progress } from "~/components/ui/progress";
import { toast } from "~/components/ui/toast";
import { useTRPC, useTRPCClient } from "~/trpc/react";
import { sendRelease } from "./send-release";

/** Takes in a release from files that a person picks: for servers without internet. */
export function AddRelease() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [share, setShare] = useState(0);
  const send = useMutation({
    mutationFn: () =>
      sendRelease(
        files,
        {
          addRelease: (input) => client.updates.addRelease.mutate(input),
          storeChunk: (input) => client.updates.storeChunk.mutate(input),
        },
        setShare,
      ),
    onSuccess: ({ version, absent }) => {
      setOpen(false);
      const rest =
        absent.length > 0 ? `Not among the files: ${absent.join(", ")}.` : "All its files are here.";
      toast.done(`Release ${version} was taken in`, rest);
    },
    onSettled: () => queryClient.invalidateQueries(trpc.updates.pathFilter()),
  });
  return (
    <Dialog
      title="Add a release"
      description="Pick everything that lies in the release's folder: manifest.json, manifest.sig and the files. Only what a known release key signed is taken in. After a break, pick them again: it goes on where it was."
      open={open}
      onOpenChange={(next) => {
        if (send.isPending) return;
        setOpen(next);
        setFiles([]);
        setShare(0);
        send.reset();
      }}
      trigger={
        <Button>
          <Upload aria-hidden />
          Add a release
        </Button>
      }
      footer={
        <Button
          variant="primary"
          busy={send.isPending}
          disabled={files.length === 0}
          onClick={() => send.mutate()}
        >
          Take it in
        </Button>
      }
    >
      <div className="grid gap-4">
        <Field label="Files of the release">
          <Input
            type="file"
            multiple
            disabled={send.isPending}
            onChange={(event) => setFiles([...(event.target.files ?? [])])}
          />
        </Field>
        {send.isPending ? <Progress label="Sent so far" value={share * 100} /> : null}
        {send.error ? <ErrorState title="The release was not taken in" error={send.error} /> : null}
      </div>
    </Dialog>
  );
}
