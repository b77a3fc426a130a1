"use client";

import { useQuery } from "@tanstack/react-query";
import { ButtonLink } from "~/components/ui/button-link";
import { useNow } from "~/components/ui/now";
import { RelativeTime } from "~/components/ui/relative-time";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** How many archives wait in the trash, and when the first of them may go. */
export function TrashLine({ repositoryId, state }: { repositoryId: string; state: VaultState }) {
  const trpc = useTRPC();
  const { now } = useNow();
  const { trashDays } = state.rules;
  const trash = useQuery({
    ...trpc.archives.list.queryOptions({ repositoryId, trashed: true, limit: 200 }),
    enabled: state.trashed > 0,
  });
  const ends = (trash.data?.items ?? []).flatMap((archive) => archive.trashEndsAt ?? []);
  const first = ends.length > 0 ? new Date(Math.min(...ends.map((at) => at.getTime()))) : null;
  return (
    <VaultLine
      title="Trash"
      note={
        <>
          A removed archive can be brought back for {days(trashDays)}; after that the next compaction deletes
          it for good.
        </>
      }
      action={
        state.trashed > 0 ? (
          <ButtonLink size="small" href={`/archives?trashed=yes&repositoryId=${repositoryId}`}>
            Open the trash
          </ButtonLink>
        ) : null
      }
    >
      {state.trashed === 0 ? (
        "Empty"
      ) : (
        <>
          {formatCount(state.trashed)} {state.trashed === 1 ? "archive" : "archives"}
          {first ? (
            <span className="text-ink-soft">
              , the first may go {first <= now ? "with the next compaction" : <RelativeTime at={first} />}
            </span>
          ) : null}
        </>
      )}
    </VaultLine>
  );
}

function days(count: number): string {
  if (count === 0) return "no time at all";
  return count === 1 ? "a day" : `${count} days`;
}
