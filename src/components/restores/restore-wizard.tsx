"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { NotYours } from "../system/not-yours";
import { useMay } from "../system/use-may";
import { StepCheckDatabase } from "./step-check-database";
import { StepDatabase } from "./step-database";
import { StepDownload } from "./step-download";
import { StepHow } from "./step-how";
import { StepWhat } from "./step-what";
import { StepWhere } from "./step-where";
import { useChosen } from "./use-chosen";
import { useDatabaseChoice } from "./use-database-choice";
import { usePlaces } from "./use-places";
import { useWizard } from "./use-wizard";
import { WizardSteps } from "./wizard-steps";

/** Brings files or a database back in three steps, each of which can be gone back to. */
export function RestoreWizard({ archiveId }: { archiveId: string }) {
  const trpc = useTRPC();
  const archive = useQuery(trpc.archives.get.queryOptions({ id: archiveId }));
  const options = useQuery(trpc.restores.options.queryOptions({ archiveId }));
  const mayRestore = useMay("restore", archive.data?.clientId);
  if (archive.isPending || options.isPending) return <SkeletonRows rows={4} />;
  if (!archive.data) return <ErrorState error={archive.error} retry={() => void archive.refetch()} />;
  if (!options.data) return <ErrorState error={options.error} retry={() => void options.refetch()} />;
  const { name, clientName, observedAt } = archive.data;
  if (!mayRestore) {
    return <NotYours title="Restore" needs={`Restoring from ${clientName} needs its permission.`} />;
  }
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Archives", href: "/archives" },
          { label: name, href: `/archives/${archiveId}` },
        ]}
        title="Restore"
        state={
          <>
            From {name} of {clientName}, seen committed <RelativeTime at={observedAt} />.
          </>
        }
      />
      <Steps archive={archive.data} options={options.data} />
    </>
  );
}

function Steps({
  archive,
  options,
}: {
  archive: Api["archives"]["get"];
  options: Api["restores"]["options"];
}) {
  const trpc = useTRPC();
  const wizard = useWizard();
  const chosen = useChosen(archive.id);
  const databases = useQuery(trpc.restores.databases.queryOptions({ archiveId: archive.id }));
  const choice = useDatabaseChoice(databases.data ?? []);
  const places = usePlaces(options, wizard);
  const cleanSet = useQuery(trpc.archives.cleanSet.queryOptions({ archiveId: archive.id }, { retry: false }));
  const { what } = wizard;
  const database = what === "database" ? choice.chosen : null;
  const parts = {
    selection: chosen.parts,
    all: [{ archiveId: archive.id, paths: [] }],
    clean: cleanSet.data?.parts ?? [],
    database: [],
  }[what];
  const isDownload = wizard.to === "download";
  const nothing = what === "database" ? database === null : parts.length === 0;
  const placeless = wizard.step === "how" && !database && !places.ready;
  // An address may name a step whose answers are missing.
  const step = nothing ? "what" : placeless ? "where" : wizard.step;
  if (placeless && places.coming) return <SkeletonRows rows={6} />;
  return (
    <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-6">
      <WizardSteps step={step} go={wizard.go} />
      {step === "what" ? (
        <StepWhat
          archive={archive}
          chosen={chosen}
          wizard={wizard}
          cleanSet={cleanSet}
          databases={databases}
          choice={choice}
        />
      ) : null}
      {step === "where" && database ? (
        <StepDatabase
          chosen={database}
          choice={choice}
          options={options}
          back={() => wizard.go("what")}
          next={() => wizard.go("how")}
        />
      ) : null}
      {step === "where" && !database ? <StepWhere places={places} wizard={wizard} /> : null}
      {step === "how" && database?.path && database.engine ? (
        <StepCheckDatabase
          archiveId={archive.id}
          dump={database.path}
          plan={{
            archiveName: archive.name,
            clientName: archive.clientName,
            engine: database.engine,
            database: database.database,
            bytes: database.bytes,
            entry: choice.entry,
            into: choice.into,
            replace: choice.replace,
            restoreFolder: options.restoreFolder,
          }}
          online={options.online}
          back={() => wizard.go("where")}
        />
      ) : null}
      {step === "how" && !database && isDownload ? (
        <StepDownload parts={parts} back={() => wizard.go("where")} />
      ) : null}
      {step === "how" && !database && !isDownload ? (
        <StepHow parts={parts} wizard={wizard} places={places} />
      ) : null}
    </div>
  );
}
