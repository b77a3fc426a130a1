"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useConfirmFirst } from "~/components/access/confirm-first";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { useTRPC } from "~/trpc/react";

/** Asks for borg's repair of a damaged repository: by its typed name and a fresh confirmation. The job's page tells what came of it. */
export function RepairRepository({ repository }: { repository: { id: string; name: string } }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { run } = useConfirmFirst();
  const repair = useMutation(trpc.repositories.repair.mutationOptions());
  async function confirm(typedName: string) {
    const { jobId } = await run(() => repair.mutateAsync({ id: repository.id, typedName }));
    router.push(`/jobs/${jobId}`);
  }
  return (
    <ConfirmByName
      trigger={<Button variant="danger">Repair</Button>}
      title={`Repair ${repository.name}`}
      name={repository.name}
      lostTitle="What borg may give up"
      lost="What the damage has destroyed: files get gaps of zeros, and archives whose own lists are damaged go. Its report names both."
      keptTitle="The way back"
      kept="The state before is kept for 7 days, whole. The result counts only when you accept it; until then nothing goes into the repository, and one action undoes the repair."
      action="Repair it"
      cancel="Not now"
      confirm={confirm}
    >
      <p className="text-ink-soft">
        Look at the disk first: a disk that fails will damage more. Backups of this repository that run now
        are ended.
      </p>
    </ConfirmByName>
  );
}

/** Puts back the state of before a repair. */
export function UndoRepair({
  repository,
  disabled = false,
  onStarted,
}: {
  repository: { id: string; name: string };
  disabled?: boolean;
  onStarted: (jobId: string) => void;
}) {
  const trpc = useTRPC();
  const { run } = useConfirmFirst();
  const undo = useMutation(trpc.repositories.undoRepair.mutationOptions());
  async function confirm(typedName: string) {
    const { jobId } = await run(() => undo.mutateAsync({ id: repository.id, typedName }));
    onStarted(jobId);
  }
  return (
    <ConfirmByName
      trigger={
        <Button variant="primary" disabled={disabled}>
          Undo the repair
        </Button>
      }
      title="Undo the repair?"
      name={repository.name}
      harmless
      lostTitle="What goes"
      lost="What borg's repair made."
      keptTitle="What is there again"
      kept="Every byte of before the repair, with its damage."
      action="Undo it"
      cancel="Not now"
      confirm={confirm}
    />
  );
}
