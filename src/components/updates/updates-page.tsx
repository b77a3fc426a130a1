"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PackageCheck, RefreshCw } from "lucide-react";
import { Button } from "~/components/ui/button";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { TextLink } from "~/components/ui/text-link";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { AddRelease } from "./add-release";
import { ReleaseEntry } from "./release-entry";
import { VersionMatrix } from "./version-matrix";

/** Which releases are here, what is new in them, and where new ones come from. */
export function UpdatesPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.updates.releases.queryOptions());
  const versions = useQuery(trpc.updates.versions.queryOptions());
  const head = (
    <PageHeader
      title="Updates"
      state="Releases that this server holds for its machines. Machines install only what their own pinned key signed."
      actions={<AddRelease />}
    />
  );
  if (query.isPending)
    return (
      <>
        {head}
        <SkeletonRows rows={6} />
      </>
    );
  if (!query.data)
    return (
      <>
        {head}
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </>
    );
  const { releases, feed } = query.data;
  return (
    <>
      {head}
      <FeedState feed={feed} />
      {versions.data ? <VersionMatrix versions={versions.data} /> : null}
      <Section title="Releases">
        {releases.length === 0 ? (
          <EmptyState
            icon={PackageCheck}
            title="No release is here yet"
            action={<TextLink href="/settings/updates">Where releases come from</TextLink>}
          >
            The feed brings them, or add one from files.
          </EmptyState>
        ) : (
          <ul className="grid gap-3">
            {releases.map((release) => (
              <ReleaseEntry key={release.id} release={release} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

function FeedState({ feed }: { feed: Api["updates"]["releases"]["feed"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const ask = useMutation(
    trpc.updates.askFeed.mutationOptions({
      onSuccess: () => toast.done("The feed is asked", "The worker does it within a minute."),
      onError: (error) => toast.failed("The feed is not asked", problemOf(error).say),
      onSettled: () => queryClient.invalidateQueries(trpc.updates.pathFilter()),
    }),
  );
  if (!feed)
    return (
      <Notice
        tone="info"
        title="No release feed is asked"
        action={<TextLink href="/settings/updates">Set one</TextLink>}
      >
        New releases come only when somebody adds them here.
      </Notice>
    );
  const again = (
    <Button size="small" busy={ask.isPending} onClick={() => ask.mutate()}>
      <RefreshCw aria-hidden />
      Ask now
    </Button>
  );
  if (feed.problem !== null)
    return (
      <Notice tone="warn" title="The last look at the release feed had a problem" action={again}>
        {feed.problem} It is asked again within an hour.
      </Notice>
    );
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-ink-soft">
      <span className="min-w-0 break-words">
        {feed.checkedAt ? (
          <>
            The feed was asked <RelativeTime at={feed.checkedAt} />, and is once a day.
          </>
        ) : (
          "The feed is asked within a minute."
        )}
      </span>
      {again}
    </div>
  );
}
