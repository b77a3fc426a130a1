"use client";

import { useQuery } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Skeleton } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import { sayRestoreBasis, sayRestoreTime } from "~/domain/restore-rate";
import { useTRPC } from "~/trpc/react";

/** How long bringing a machine back takes, as its restores and drills measured it. */
export function RestoreTime({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.reports.restoreTime.queryOptions({ clientId }));
  const time = query.data;
  return (
    <Section
      title="Bringing it back"
      action={
        <TextLink href={`/reports?clientId=${clientId}`} className="text-[0.8125rem]">
          Restore drills
        </TextLink>
      }
      boxed
    >
      {time === undefined ? (
        query.isError ? (
          <p className="text-ink-soft">How long it takes could not be read.</p>
        ) : (
          <Skeleton className="h-12 rounded-md" />
        )
      ) : time.size === null ? (
        <p className="text-ink-soft">There is no archive to bring back yet.</p>
      ) : (
        <div className="grid gap-1">
          <p className={time.estimate ? "font-medium" : undefined}>{sayRestoreTime(time.estimate)}</p>
          <p className="text-[0.8125rem] text-ink-soft">
            {sayRestoreBasis(time.estimate)} It holds <Bytes value={time.size.bytes} /> in{" "}
            {formatCount(time.size.files)} files.
          </p>
        </div>
      )}
    </Section>
  );
}
