"use client";

import { useQuery } from "@tanstack/react-query";
import { MoveRight } from "lucide-react";
import { useMay } from "~/components/system/use-may";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { Dialog } from "~/components/ui/dialog";
import { KeyValue } from "~/components/ui/key-value";
import { JobStateBadge } from "~/components/ui/state-badge";
import { TextLink } from "~/components/ui/text-link";
import { useTRPC } from "~/trpc/react";
import type { CalendarEntry } from "./calendar-api";
import { ENTRY_LOOKS, entryState } from "./entry-look";
import { PauseButton } from "./pause-button";
import { dayAndTimeIn } from "./wall-time";

/** One run of the calendar: what it is, what became of it, and what can be done. */
export function EntryDialog({
  entry,
  zone,
  onMove,
  onClose,
}: {
  entry: CalendarEntry | null;
  zone: string;
  onMove: (entry: CalendarEntry) => void;
  onClose: () => void;
}) {
  const mayMove = useMay("manage-plans", entry?.clientId);
  return (
    <Dialog
      open={entry !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={entry ? `${entry.planName} on ${entry.clientName}` : ""}
      footer={
        entry ? (
          <>
            <ButtonLink href={`/plans/${entry.planId}`}>Open the plan</ButtonLink>
            <PauseButton
              plan={{ id: entry.planId, name: entry.planName, clientId: entry.clientId }}
              paused={entry.paused}
            />
            {mayMove && entry.kind === "planned" ? (
              <Button variant="primary" onClick={() => onMove(entry)}>
                <MoveRight aria-hidden />
                Move to another time
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      {entry ? <Facts entry={entry} zone={zone} /> : null}
    </Dialog>
  );
}

function Facts({ entry, zone }: { entry: CalendarEntry; zone: string }) {
  const look = ENTRY_LOOKS[entryState(entry)];
  const later = entry.at.getTime() !== entry.dueAt.getTime();
  return (
    <KeyValue
      items={[
        [
          "State",
          <span key="state" className="inline-flex items-center gap-1.5">
            <look.icon aria-hidden className="size-4" />
            {look.word}
          </span>,
        ],
        ...(entry.reason ? [["Why", entry.reason.say] as const] : []),
        ["Due", `${dayAndTimeIn(entry.dueAt, zone)} ${zone}`],
        ...(later
          ? [["Begins", `${dayAndTimeIn(entry.at, zone)} (spread or moved out of a window)`] as const]
          : []),
        ...(entry.runId ? [["Run", <RunOf key="run" runId={entry.runId} />] as const] : []),
        [
          "Client",
          <TextLink key="client" href={`/clients/${entry.clientId}`}>
            {entry.clientName}
          </TextLink>,
        ],
      ]}
    />
  );
}

/** The first job of a run with its state. */
function RunOf({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.jobs.list.queryOptions({ runId, kinds: ["backup"], limit: 1 }));
  const job = data?.items[0];
  if (!job) return <span className="text-ink-soft">{data ? "no longer kept" : "…"}</span>;
  return (
    <TextLink href={`/jobs/${job.id}`} className="inline-flex items-center gap-2">
      <JobStateBadge state={job.state} />
      Open the job
    </TextLink>
  );
}
