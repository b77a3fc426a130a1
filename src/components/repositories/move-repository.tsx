"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionLine } from "~/components/ui/action-line";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { ErrorState } from "~/components/ui/error-state";
import { KeyValue } from "~/components/ui/key-value";
import { RadioGroup } from "~/components/ui/radio-group";
import { formatBytes, formatDuration } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type Offer = Api["repositories"]["moveOffer"];

/** Where a repository lies, and moving it elsewhere. Nothing where the storage node has one location only. */
export function MoveRepository({
  repository,
}: {
  repository: { id: string; name: string; heldAt: Date | null };
}) {
  const trpc = useTRPC();
  const offer = useQuery(trpc.repositories.moveOffer.queryOptions({ id: repository.id }));
  if (!offer.data || offer.data.locations.length < 2) return null;
  return (
    <ActionLine
      title="Storage location"
      say={
        repository.heldAt
          ? `It lies in ${offer.data.location}. While it is quarantined it stays there.`
          : `It lies in ${offer.data.location}. Moved elsewhere it keeps its address, its archives and its seals, so no client notices.`
      }
    >
      <MoveDialog repository={repository} offer={offer.data} />
    </ActionLine>
  );
}

function MoveDialog({
  repository,
  offer,
}: {
  repository: { id: string; name: string; heldAt: Date | null };
  offer: Offer;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [location, setLocation] = useState<string | null>(null);
  const move = useMutation(
    trpc.repositories.move.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  return (
    <Dialog
      trigger={<Button disabled={repository.heldAt !== null}>Move</Button>}
      title={`Move ${repository.name}`}
      description="To another storage location of the same node. Locations are named in the node's own configuration."
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        move.reset();
      }}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Leave it</Button>
          <Button
            variant="primary"
            busy={move.isPending}
            disabled={location === null}
            onClick={() => location !== null && move.mutate({ id: repository.id, location })}
          >
            Move it
          </Button>
        </>
      }
    >
      <RadioGroup
        label="Storage location"
        choices={offer.locations.map(({ name, freeBytes, refusal }) => ({
          value: name,
          label: name,
          hint: refusal ?? `${formatBytes(freeBytes)} free`,
          disabled: refusal !== null,
        }))}
        value={location}
        onChange={setLocation}
      />
      <KeyValue
        items={[
          ["To be copied", offer.bytes === null ? "Not measured yet" : formatBytes(offer.bytes)],
          [
            "Takes about",
            offer.estimateSeconds === null
              ? "Unknown: nothing was measured on this node yet"
              : `${formatDuration(offer.estimateSeconds)}, by the rate last measured on this node`,
          ],
        ]}
      />
      <ul className="grid list-disc gap-1 pl-5 text-ink-soft">
        <li>
          Backups and restores of this repository wait until it is over. It can be cancelled at any time.
        </li>
        <li>
          Every data file is read back and compared, borg checks the copy, and its archives are held against
          the ledger. Only then does the new place count.
        </li>
        <li>The old place is kept for 7 days and takes room until then.</li>
      </ul>
      {move.error ? <ErrorState title="It is not moved" error={move.error} /> : null}
    </Dialog>
  );
}
