"use client";

import { useQuery } from "@tanstack/react-query";
import { useSelection } from "~/components/archives/use-selection";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { NotYours } from "../system/not-yours";
import { useMay } from "../system/use-may";
import { StepCheck } from "./step-check";
import { StepCheckDatabase } from "./step-check-database";
import { StepDatabase } from "./step-database";
import { StepWhat } from "./step-what";
import { StepWhere } from "./step-where";
import { useDatabaseChoice } from "./use-database-choice";
import { useWizard } from "./use-wizard";
import { WizardSteps } from "./wizard-steps";

/** Brings files or a database of one archive back in three steps, each of which can be gone back to. */
export function RestoreWizard({ archiveId }: { archiveId: string }) {
  const trpc = useTRPC();
  const wizard = useWizard();
  const { selection, pick, toggle } = useSelection(archiveId);
  const archive = useQuery(trpc.archives.get.queryOptions({ id: archiveId }));
  const options = useQuery(trpc.restores.options.queryOptions({ archiveId }));
  const databases = useQuery(trpc.restores.databases.queryOptions({ archiveId }));
  const choice = useDatabaseChoice(databases.data ?? []);
  const mayRestore = useMay("restore", archive.data?.clientId);
  if (archive.isPending || options.isPending) return <SkeletonRows rows={4} />;
  if (!archive.data) return <ErrorState error={archive.error} retry={() => void archive.refetch()} />;
  if (!options.data) return <ErrorState error={options.error} retry={() => void options.refetch()} />;
  if (!mayRestore) {
    return (
      <NotYours title="Restore" needs={`Restoring to ${archive.data.clientName} needs its permission.`} />
    );
  }
  const archiveHref = `/archives/${archiveId}${pick === "" ? "" : `?pick=${encodeURIComponent(pick)}`}`;
  const { what } = wizard;
  const chosen = what === "database" ? choice.chosen : null;
  const empty = what === "database" ? chosen === null : what === "selection" && selection.length === 0;
  const step = empty ? "what" : wizard.step;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Archives", href: "/archives" },
          { label: archive.data.name, href: archiveHref },
        ]}
        title="Restore"
        state={
          <>
            From {archive.data.name} of {archive.data.clientName}, seen committed{" "}
            <RelativeTime at={archive.data.observedAt} />.
          </>
        }
      />
      <div className="grid max-w-3xl gap-6">
        <WizardSteps step={step} go={wizard.go} />
        {step === "what" ? (
          <StepWhat
            archiveHref={archiveHref}
            fileCount={archive.data.fileCount}
            selection={selection}
            what={what}
            setWhat={wizard.setWhat}
            databases={databases}
            choice={choice}
            toggle={toggle}
            next={() => wizard.go("where")}
          />
        ) : null}
        {step === "where" && chosen ? (
          <StepDatabase
            chosen={chosen}
            choice={choice}
            options={options.data}
            back={() => wizard.go("what")}
            next={() => wizard.go("check")}
          />
        ) : null}
        {step === "where" && !chosen ? (
          <StepWhere
            options={options.data}
            target={wizard.target}
            folder={wizard.folder}
            folderProblem={wizard.folderProblem}
            setTarget={wizard.setTarget}
            setFolder={wizard.setFolder}
            back={() => wizard.go("what")}
            next={() => wizard.go("check")}
          />
        ) : null}
        {step === "check" && chosen?.path && chosen.engine ? (
          <StepCheckDatabase
            archiveId={archiveId}
            dump={chosen.path}
            plan={{
              archiveName: archive.data.name,
              clientName: archive.data.clientName,
              engine: chosen.engine,
              database: chosen.database,
              bytes: chosen.bytes,
              entry: choice.entry,
              into: choice.into,
              replace: choice.replace,
              restoreFolder: options.data.restoreFolder,
            }}
            online={options.data.online}
            back={() => wizard.go("where")}
          />
        ) : null}
        {step === "check" && !chosen ? (
          <StepCheck
            archiveId={archiveId}
            plan={{
              archiveName: archive.data.name,
              clientName: archive.data.clientName,
              selection: what === "all" ? null : selection,
              target: wizard.target,
              restoreFolder: options.data.restoreFolder,
            }}
            online={options.data.online}
            back={() => wizard.go("where")}
          />
        ) : null}
      </div>
    </>
  );
}
