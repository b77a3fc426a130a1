"use client";

import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { EmptyState } from "~/components/ui/empty-state";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import { NewRecoveryKey } from "./new-recovery-key";
import { SelfBackupTable } from "./self-backup-table";

/** Asked again so often; soon while one is under way. */
const AGAIN_MS = 30_000;
const SOON_MS = 1500;

/** Backups of this server itself, and the key that opens them. */
export function SelfBackupPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useSuspenseQuery({
    ...trpc.selfBackups.list.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.backups.some(isUnderWay) ? SOON_MS : AGAIN_MS),
  });
  const start = useMutation(
    trpc.selfBackups.start.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.selfBackups.pathFilter()),
    }),
  );
  const { recoveryKey, backups } = data;
  const busy = backups.some(isUnderWay);
  return (
    <>
      <PageHeader
        title="Self-backup"
        state="Every night this server backs itself up: database, keys, certificate, host key and accounts, in one file that only the recovery key opens."
        actions={
          recoveryKey ? (
            <Button busy={start.isPending || busy} onClick={() => start.mutate()}>
              Back up now
            </Button>
          ) : null
        }
      />
      {start.error ? (
        <Notice tone="fail" title="It was not asked for">
          {problemOf(start.error).say}
        </Notice>
      ) : null}
      {recoveryKey ? (
        <Section
          title="Recovery key"
          note="Its secret half is on paper only. Try it now and then: bbs-admin recover FILE --check says whether your paper opens a file."
        >
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <p>
              <span className="font-mono">{recoveryKey.id}</span>, made{" "}
              <RelativeTime at={new Date(recoveryKey.madeAt)} />
            </p>
            <NewRecoveryKey replaces={recoveryKey.id} />
          </div>
        </Section>
      ) : (
        <Notice
          tone="warn"
          title="This server is not backed up: there is no recovery key"
          action={<NewRecoveryKey replaces={null} />}
        >
          Without one nothing is made. If this machine's disk dies, its keys are lost, and with them the way
          into encrypted repositories.
        </Notice>
      )}
      <Section
        title="Kept files"
        note="In vault/self-backups of each storage location, for root only; the newest 14. Copy them to where this machine's fate does not reach."
      >
        {backups.length > 0 ? (
          <SelfBackupTable backups={backups} />
        ) : (
          <EmptyState
            title="None was made yet"
            line={recoveryKey ? "bbs-admin self-backup now" : "bbs-admin recovery-key new"}
          >
            The first one is made as soon as there is a recovery key.
          </EmptyState>
        )}
      </Section>
    </>
  );
}

const isUnderWay = ({ state }: { state: string }) => state === "queued" || state === "running";
