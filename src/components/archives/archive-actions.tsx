"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Lock, LockOpen, Trash2, Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { useArchiveMarks } from "./use-archive-marks";

type Archive = Api["archives"]["get"];

/** Protect, move to the trash, bring back: whatever fits how the archive stands. */
export function ArchiveActions({ archive }: { archive: Archive }) {
  const { bringBack, protect } = useArchiveMarks();
  if (archive.trashedAt) {
    return (
      <Button busy={bringBack.isPending} onClick={() => bringBack.mutate({ id: archive.id })}>
        <Undo2 aria-hidden />
        Bring back
      </Button>
    );
  }
  return (
    <>
      <Button
        busy={protect.isPending}
        title={
          archive.isProtected
            ? "Let retention and people remove it again"
            : "No rule and no person removes it while it is protected"
        }
        onClick={() => protect.mutate({ id: archive.id, protected: !archive.isProtected })}
      >
        {archive.isProtected ? <LockOpen aria-hidden /> : <Lock aria-hidden />}
        {archive.isProtected ? "Unprotect" : "Protect"}
      </Button>
      {archive.isProtected ? null : <TrashArchive archive={archive} />}
    </>
  );
}

function TrashArchive({ archive }: { archive: Archive }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { data: vault } = useQuery(trpc.vault.get.queryOptions({ repositoryId: archive.repositoryId }));
  const days = vault?.state?.rules.trashDays ?? null;
  const remove = useMutation(
    trpc.archives.remove.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button variant="danger">
          <Trash2 aria-hidden />
          Move to trash
        </Button>
      }
      title="Move this archive to the trash?"
      name={archive.name}
      lostTitle="What happens"
      lost={`It leaves the list of archives. ${windowWords(days)} Then the next compaction deletes it for good.`}
      keptTitle="What stays"
      kept="All other archives of the repository, with every file they hold. Until then also this one, in the trash."
      action="Move to the trash"
      confirm={(typedName) => remove.mutateAsync({ id: archive.id, typedName })}
    />
  );
}

function windowWords(days: number | null): string {
  if (days === null) return "It can be brought back while it is in the trash.";
  if (days === 0) return "The trash of this repository keeps nothing: it can be gone within the hour.";
  const until = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" }).format(
    new Date(Date.now() + days * 86_400_000),
  );
  return `It can be brought back for ${days === 1 ? "a day" : `${days} days`}, until ${until}.`;
}
