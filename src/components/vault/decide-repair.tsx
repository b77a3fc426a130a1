"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Section } from "~/components/ui/section";
import { isEnded } from "~/domain/job";
import { useTRPC } from "~/trpc/react";
import { UndoRepair } from "../repositories/repair-repository";
import { May } from "../system/may";
import { AcceptState } from "./accept-state";
import { Choice } from "./choice";
import { DecisionJob } from "./decision-job";
import type { IncidentDetail } from "./vault-api";

/** What becomes of a repaired repository: the repaired state, or the one of before. What borg gave up stands at its job and in the journal. */
export function DecideRepair({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const [started, setStarted] = useState<string | null>(null);
  const repairs = useQuery(
    trpc.jobs.list.queryOptions({
      repositoryId: incident.repositoryId,
      kinds: ["repair-repository"],
      limit: 1,
    }),
  );
  const job = useQuery({ ...trpc.jobs.get.queryOptions({ id: started ?? "" }), enabled: started !== null });
  const busy = job.data !== undefined && !isEnded(job.data.state);
  const repair = repairs.data?.items[0];
  return (
    <Section
      title="Decide"
      note="Until then the client is refused and nothing is written to the repository. Its archives can be looked into here."
    >
      <div className="grid gap-2">
        {started ? <DecisionJob jobId={started} /> : null}
        {repair && !started ? <DecisionJob jobId={repair.id} /> : null}
        <div className="grid gap-px overflow-hidden rounded-md border bg-line lg:grid-cols-2">
          <Choice
            title="Undo the repair"
            when="When it gave up more than you can do without, or another copy of the disk is at hand."
            points={[
              "The repository is what it was before the repair, to the last byte, with its damage.",
              "Backups run again at once; what is damaged stays damaged.",
            ]}
          >
            <May
              action="manage-repositories"
              client={incident.clientId}
              otherwise={<p className="text-ink-soft">Only whoever manages the repository may undo it.</p>}
            >
              <UndoRepair
                repository={{ id: incident.repositoryId, name: incident.repositoryName }}
                disabled={busy}
                onStarted={setStarted}
              />
            </May>
          </Choice>
          <Choice
            title="Accept the repaired state"
            when="When what is lost is lost, and the rest shall go on."
            points={[
              "The repaired state becomes the clean one and is sealed. Archives that the repair lost are given up.",
              "Archives with gaps stay, as old as they were. The next backup stores again what the machine still has.",
              "The state before stays on the storage node for 7 days; the repair can be undone until the next backup.",
            ]}
          >
            <AcceptState
              incident={incident}
              disabled={busy}
              lost="Archives that the repair lost. It can still be undone until the next backup."
              onStarted={setStarted}
            />
          </Choice>
        </div>
      </div>
    </Section>
  );
}
