"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { NotYours } from "~/components/system/not-yours";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Field } from "~/components/ui/field";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { Select } from "~/components/ui/select";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { toAddress } from "~/domain/archive-path";
import { isIdText } from "~/domain/id-text";
import { useTRPC } from "~/trpc/react";
import { useClientChoices } from "../plans/use-choices";
import { useMay } from "../system/use-may";
import { DayTable } from "./day-table";
import { FileSearch } from "./file-search";
import { restoreAddress } from "./restore-address";

const ANY = "any";

/** The wizard before an archive is known: whose files, and either their name or a day. */
export function RestoreStart() {
  const trpc = useTRPC();
  const router = useRouter();
  const [given, setClient] = useQueryState("client", parseAsString.withDefault(""));
  const clientId = isIdText(given) ? given : null;
  const choices = useClientChoices("restore");
  const mayRestore = useMay("restore");
  const scope = clientId ? { clientId } : {};
  const archives = useQuery(
    trpc.archives.list.queryOptions({ ...scope, limit: 20 }, { placeholderData: keepPreviousData }),
  );
  const shown = archives.data?.items;
  if (!mayRestore) return <NotYours title="Restore" needs="Restoring needs its permission with a client." />;
  return (
    <>
      <PageHeader
        title="Restore"
        state="Bring files back from a backup: by their name over every version, or out of the archive of a day."
      />
      {shown?.length === 0 && !clientId ? (
        <NoArchives />
      ) : (
        <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-6">
          <Field label="Whose files">
            <Select
              className="max-w-sm"
              choices={[{ value: ANY, label: "Any machine" }, ...choices]}
              value={clientId ?? ANY}
              onChange={(next) => void setClient(next === ANY ? null : next)}
            />
          </Field>
          <Section title="By name">
            <FileSearch
              scope={scope}
              has={() => false}
              add={({ archiveId, path }) => router.push(restoreAddress({ archiveId, pick: toAddress(path) }))}
            />
          </Section>
          <Section
            title="By day"
            action={
              <TextLink href={clientId ? `/archives?clientId=${clientId}` : "/archives"}>
                All archives
              </TextLink>
            }
          >
            {shown ? (
              <DayTable archives={shown} />
            ) : archives.isError ? (
              <ErrorState error={archives.error} retry={() => void archives.refetch()} />
            ) : (
              <SkeletonRows rows={5} />
            )}
          </Section>
        </div>
      )}
    </>
  );
}

function NoArchives() {
  return (
    <EmptyState
      icon={RotateCcw}
      title="There is no archive yet."
      action={
        <ButtonLink href="/plans" variant="primary">
          Go to the plans
        </ButtonLink>
      }
      line="npx bbs restore --help"
    >
      The first backup of a plan makes one; from then on its files can be brought back from here.
    </EmptyState>
  );
}
