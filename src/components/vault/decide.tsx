"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { isEnded } from "~/domain/job";
import { formatCount } from "~/domain/quantity";
import { mayBeDamage } from "~/domain/tamper-damage";
import { useTRPC } from "~/trpc/react";
import { RepairRepository } from "../repositories/repair-repository";
import { May } from "../system/may";
import { AcceptState } from "./accept-state";
import { Choice } from "./choice";
import { DecideRepair } from "./decide-repair";
import { DecisionJob } from "./decision-job";
import { RollBack } from "./roll-back";
import type { IncidentDetail } from "./vault-api";

/** The ways out of a hold. One that a repair waits behind has others than one that an audit has placed. */
export function Decide({ incident }: { incident: IncidentDetail }) {
  const isRepair = incident.evidence.some(({ kind }) => kind === "repair-undecided");
  return isRepair ? <DecideRepair incident={incident} /> : <DecideHold incident={incident} />;
}

/** The two ways out, what each does, and the job of the one that was chosen, as it goes. */
function DecideHold({ incident }: { incident: IncidentDetail }) {
  const trpc = useTRPC();
  const [started, setStarted] = useState<string | null>(null);
  const jobId = started ?? incident.rollBackJobId ?? null;
  const job = useQuery({ ...trpc.jobs.get.queryOptions({ id: jobId ?? "" }), enabled: jobId !== null });
  const vault = useQuery(trpc.vault.get.queryOptions({ repositoryId: incident.repositoryId }));
  const busy = job.data !== undefined && !isEnded(job.data.state);
  const weak = vault.data?.state && ["small-files-only", "none"].includes(vault.data.state.sealKind);
  const archives = `${formatCount(incident.lastCleanArchives)} ${incident.lastCleanArchives === 1 ? "archive" : "archives"}`;
  return (
    <Section
      title="Decide"
      note="Until then the client is refused, and nothing of this repository is pruned, compacted or given out to be written over. Its archives can be looked into here; restores to the machine wait too."
    >
      <div className="grid gap-2">
        {jobId ? <DecisionJob jobId={jobId} /> : null}
        {weak ? (
          <Notice tone="warn" title="This storage keeps no second copy of the data">
            Rolling back can only use what still lies in the repository. Look at what the audit found: data
            files that were removed or changed cannot be put back here.
          </Notice>
        ) : null}
        {mayBeDamage(incident.evidence) ? (
          <Notice
            tone="warn"
            title="This may be the disk's doing"
            action={
              <May action="manage-repositories" client={incident.clientId}>
                <RepairRepository repository={{ id: incident.repositoryId, name: incident.repositoryName }} />
              </May>
            }
          >
            Rolling back cannot mend data files that a disk has damaged in place. borg's repair takes them
            out, so that the rest can be used; it can be undone.
          </Notice>
        ) : null}
        <div className="grid gap-px overflow-hidden rounded-md border bg-line lg:grid-cols-2">
          <Choice
            title="Roll back"
            when="When nobody you know did this."
            points={[
              `The repository becomes what it was at the last clean state: ${archives}. This takes seconds.`,
              "What it takes away is kept for inspection; nothing is thrown away.",
              "The client's own borg accepts the repository afterwards without a change on the machine.",
              "Backups run again at once. Give the client a new key if the old one may be in wrong hands.",
            ]}
          >
            {incident.lastCleanAt ? (
              <May
                action="maintenance"
                client={incident.clientId}
                otherwise={
                  <p className="text-ink-soft">Only whoever may maintain this client may roll back.</p>
                }
              >
                <RollBack incident={incident} disabled={busy} onStarted={setStarted} />
              </May>
            ) : (
              <p className="text-warn">
                There is no clean state to roll back to: the repository was never sealed before this was
                found.
              </p>
            )}
          </Choice>
          <Choice
            title="Accept"
            when="When it was done on purpose, by somebody who may."
            points={[
              "The repository as it is now becomes the clean state and is sealed.",
              "Archives that are missing now are given up: they cannot be brought back afterwards.",
              "Your name and reason stand in the journal.",
            ]}
          >
            <AcceptState incident={incident} disabled={busy} onStarted={setStarted} />
          </Choice>
        </div>
      </div>
    </Section>
  );
}
