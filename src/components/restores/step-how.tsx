"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { RadioGroup } from "~/components/ui/radio-group";
import type { ChosenPart } from "~/domain/restore-versions";
import { mayMeetFiles, mayOverwrite, tellRestorePlan } from "~/domain/restore-words";
import { useTRPC } from "~/trpc/react";
import { DryRun } from "./dry-run";
import { StartForm } from "./start-form";
import { useArchiveNames } from "./use-chosen";
import type { Places } from "./use-places";
import type { Wizard } from "./use-wizard";

const EXISTING_CHOICES = [
  {
    value: "keep-both",
    label: "Keep both",
    hint: "Nothing is lost: what is there stays, what comes back stands beside it.",
  },
  {
    value: "only-missing",
    label: "Only what is missing",
    hint: "What is there stays as it is. Right after something was deleted by mistake.",
  },
  {
    value: "overwrite",
    label: "Overwrite",
    hint: "What is there is replaced, and what was changed since the backup is lost.",
  },
] as const;

const OWNERS_CHOICES = [
  {
    value: "keep",
    label: "As they were",
    hint: "By the owners' names, with permissions. Right for the same machine.",
  },
  {
    value: "numeric",
    label: "By number",
    hint: "For disks of containers or other systems, whose names are not this machine's.",
  },
  {
    value: "none",
    label: "Not at all",
    hint: "Files belong to whoever restores, with the usual permissions.",
  },
] as const;

/** Step 3: what becomes of files that are there, whose the files are then, a dry run, and the whole in plain sentences; starts it and opens its page. */
export function StepHow({
  parts,
  wizard,
  places,
}: {
  parts: readonly ChosenPart[];
  wizard: Wizard;
  places: Places;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const names = useArchiveNames(parts);
  const start = useMutation(
    trpc.restores.start.mutationOptions({ onSuccess: ({ jobId }) => router.push(`/jobs/${jobId}`) }),
  );
  const dryRun = useMutation(
    trpc.restores.start.mutationOptions({ onSuccess: ({ jobId }) => wizard.setDry(jobId) }),
  );
  const { target, existing, owners } = wizard;
  const { machine, home } = places;
  const isOther = machine !== null && machine.id !== home.id;
  const toName = machine?.name ?? "the storage server";
  const plan = {
    parts: parts.map(({ archiveId, paths }) => ({
      archiveName: names.get(archiveId) ?? "an archive",
      selection: paths.length === 0 ? null : paths,
    })),
    ...{ toName, isOther, target, existing, owners },
    restoreFolder: machine?.policy?.restoreFolder ?? null,
  };
  const request = {
    parts: parts.map(({ archiveId, paths }) => ({ archiveId, paths: [...paths] })),
    ...(isOther ? { toClientId: machine.id } : {}),
    ...{ target, existing, owners },
  };
  const told = tellRestorePlan(plan);
  const overwrites = mayOverwrite(plan);
  return (
    <div className="grid gap-6">
      {mayMeetFiles(target) ? (
        <div className="grid gap-2">
          <p className="font-medium">When a file is there already</p>
          <RadioGroup
            label="When a file is there already"
            columns
            value={existing}
            onChange={wizard.setExisting}
            choices={EXISTING_CHOICES}
          />
        </div>
      ) : null}
      {machine ? (
        <>
          <div className="grid gap-2">
            <p className="font-medium">Owners and permissions</p>
            <RadioGroup
              label="Owners and permissions"
              columns
              value={owners}
              onChange={wizard.setOwners}
              choices={OWNERS_CHOICES}
            />
          </div>
          <DryRun
            jobId={wizard.dry}
            error={dryRun.error}
            busy={dryRun.isPending}
            run={() => dryRun.mutate({ ...request, dryRun: true })}
          />
        </>
      ) : null}
      <StartForm
        replaces={overwrites ? { words: told.existing, name: toName } : null}
        action={wizard.dry === "" ? "Start the restore" : "Restore for real"}
        error={start.error}
        busy={start.isPending || start.isSuccess}
        start={() => start.mutate({ ...request, dryRun: false })}
        back={() => wizard.go("where")}
      >
        <p className="wrap-anywhere font-medium">{told.what}</p>
        <p className="text-ink-soft">
          {overwrites ? "" : `${told.existing} `}
          {told.owners} {told.travels}
        </p>
        <p className="text-ink-soft">
          The job's page shows it as it goes and reports at the end what was written where, and what was left
          out and why.
        </p>
        {machine && !machine.online ? (
          <p className="text-warn">{machine.name} is offline: it starts when the machine is back.</p>
        ) : null}
      </StartForm>
    </div>
  );
}
