"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { RelativeTime } from "~/components/ui/relative-time";
import { ShortTime } from "~/components/ui/short-time";
import { formatBytes, formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { useVaultJob } from "./use-vault-job";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** Seals kept from before compactions: what they hold, until when, and the way to give their space back early. */
export function OldSealsLine({
  repository,
  state,
}: {
  repository: { id: string; name: string; clientId: string };
  state: VaultState;
}) {
  const old = state.seals.filter((seal) => seal.releasedAfter !== null);
  const bytes = old.reduce((sum, seal) => sum + seal.extraBytes, 0);
  return (
    <VaultLine
      title="Seals from before compactions"
      note={
        old.length === 0 ? (
          "After a compaction the seal before it is kept for some days, so that a rollback reaches past it."
        ) : (
          <ul className="grid gap-0.5">
            {old.map((seal) => (
              <li key={seal.transaction}>
                <ShortTime at={new Date(seal.sealedAt)} />: {formatCount(seal.archives)}{" "}
                {seal.archives === 1 ? "archive" : "archives"}, <Bytes value={seal.extraBytes} />, released{" "}
                <RelativeTime at={seal.releasedAfter ? new Date(seal.releasedAfter) : null} />
              </li>
            ))}
          </ul>
        )
      }
      action={
        old.length > 0 ? (
          <May action="manage-clients" client={repository.clientId}>
            <ReleaseOldSeals repository={repository} bytes={bytes} />
          </May>
        ) : null
      }
    >
      {old.length === 0 ? (
        "None"
      ) : (
        <>
          {formatCount(old.length)}, holding <Bytes value={bytes} />
        </>
      )}
    </VaultLine>
  );
}

function ReleaseOldSeals({ repository, bytes }: { repository: { id: string; name: string }; bytes: number }) {
  const trpc = useTRPC();
  const release = useMutation(
    trpc.vault.releaseOldSeals.mutationOptions({
      onSuccess: useVaultJob({
        done: "The old seals are being released",
        more: `${formatBytes(bytes)} come free within seconds.`,
        failed: "They were not released",
      }).onSuccess,
    }),
  );
  return (
    <ConfirmByName
      trigger={
        <Button size="small" variant="danger">
          Release early
        </Button>
      }
      title="Release the old seals?"
      name={repository.name}
      lost={`The way back to before the last compaction. ${formatBytes(bytes)} are freed. If something bad was compacted away, it is gone.`}
      kept="The current seal, every archive in the repository, and rolling back to the last clean state."
      action="Release them"
      cancel="Keep them"
      confirm={(typedName) => release.mutateAsync({ repositoryId: repository.id, typedName })}
    />
  );
}
