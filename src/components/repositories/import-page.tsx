"use client";

import { useQuery } from "@tanstack/react-query";
import { FolderInput } from "lucide-react";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { ImportCandidates, LostRepositories } from "./import-candidates";
import { ImportCard } from "./import-card";

/** Repositories that were made elsewhere, or that this server no longer knows: read first, then taken in. */
export function ImportPage() {
  const trpc = useTRPC();
  const list = useQuery(trpc.repositoryImports.list.queryOptions());
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Repositories", href: "/repositories" }]}
        title="Import repositories"
        state="A repository that borg made elsewhere is read and checked first. Only then is it taken in, and its original goes last."
      />
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      ) : list.data ? (
        <Imports listing={list.data} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </>
  );
}

function Imports({ listing }: { listing: Api["repositoryImports"]["list"] }) {
  const { imports, candidates, lost, at } = listing;
  const isUnderWay = (folder: string, location: string) =>
    imports.some((row) => row.folder === folder && row.location === location);
  const waiting = candidates.filter(({ name, location }) => !isUnderWay(name, location));
  const unknown = lost.filter(({ repositoryId }) => !imports.some(({ id }) => id === repositoryId));
  return (
    <>
      {imports.length > 0 ? (
        <Section title="Being taken in">
          <div className="grid gap-3">
            {imports.map((row) => (
              <ImportCard key={row.id} row={row} />
            ))}
          </div>
        </Section>
      ) : null}
      {waiting.length > 0 ? <ImportCandidates candidates={waiting} /> : null}
      {unknown.length > 0 ? <LostRepositories lost={unknown} /> : null}
      {waiting.length === 0 && unknown.length === 0 ? (
        <EmptyState
          icon={FolderInput}
          title={imports.length > 0 ? "Nothing else to import." : "Nothing to import."}
          line="rsync -a --numeric-ids /srv/old/repo root@storage:/var/bbs/import/"
        >
          Copy a repository into the folder <code>import</code> of a storage location, as root of the storage
          node. No borg may use it any more. It is listed here within a minute.
        </EmptyState>
      ) : null}
      <p className="text-[0.8125rem] text-ink-soft">
        {at === null ? (
          "The storage node has not been asked for its import folders yet."
        ) : (
          <>
            The storage node was asked for its import folders <RelativeTime at={at} />.
          </>
        )}
      </p>
    </>
  );
}
