"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { Bytes } from "~/components/ui/bytes";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { toast } from "~/components/ui/toast";
import type { CheckKind, Coverage } from "~/domain/repository";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { May } from "../system/may";
import { VaultLine, VaultLines } from "../vault/vault-line";

type Repository = Api["repositories"]["get"];

const KINDS: Record<CheckKind, string> = {
  quick: "Quick check",
  rolling: "Rolling check",
  full: "Full check",
};

/** Whether what is stored was read again and found whole: how much of it, when last, and what was found. */
export function RepositoryChecks({ repository }: { repository: Repository }) {
  const { coverage } = repository;
  const last = coverage?.lastCheck ?? null;
  return (
    <Section
      title="Checks"
      action={
        repository.deleteAfter === null ? (
          <May action="maintenance" client={repository.clientId}>
            <CheckNow repository={repository} />
          </May>
        ) : null
      }
    >
      {last && !last.ok ? (
        <Notice
          tone="fail"
          title="A check found damage"
          action={<TextLink href={`/jobs?repositoryId=${repository.id}`}>Its jobs</TextLink>}
        >
          <span className="text-ink">{last.say}</span> Do not delete archives or release old seals now: what
          is damaged here may be whole there. Look at the disk first, then run a full check. What stays
          damaged can be repaired below, with a way back.
        </Notice>
      ) : null}
      <VaultLines>
        <VaultLine
          title="Read again"
          note="A rolling check reads what waits longest, a share every day, so that every byte is read again within the days that the maintenance settings promise."
        >
          {coverage ? (
            <CoverageFigure coverage={coverage} />
          ) : (
            <span className="text-warn">Not read yet</span>
          )}
        </VaultLine>
        <VaultLine
          title="Last check"
          note="Quick: what no check has read yet. Full: borg's own check of everything that is sealed. Backups go on meanwhile."
        >
          {last ? (
            <>
              {KINDS[last.kind]} <RelativeTime at={new Date(last.at)} />:{" "}
              <span className={last.ok ? "text-ok" : "text-fail"}>{last.ok ? last.say : "damage found"}</span>
            </>
          ) : (
            "None yet"
          )}
        </VaultLine>
      </VaultLines>
    </Section>
  );
}

function CoverageFigure({ coverage }: { coverage: Coverage }) {
  const { totalBytes, coveredBytes, oldestReadAt } = coverage;
  const part = totalBytes === 0 ? 1 : coveredBytes / totalBytes;
  return (
    <div className="grid gap-1">
      <span className={part < 1 ? "text-warn" : undefined}>
        {Math.floor(part * 100)} % of <Bytes value={totalBytes} /> in time
      </span>
      <div aria-hidden className="h-1 overflow-hidden rounded-sm bg-idle-fill">
        <div className="h-full bg-accent" style={{ width: `${(part * 100).toFixed(1)}%` }} />
      </div>
      <span className="text-[0.8125rem] text-ink-soft">
        {oldestReadAt ? (
          <>
            What waits longest was read <RelativeTime at={new Date(oldestReadAt)} />.
          </>
        ) : (
          "Some of it was never read again."
        )}
      </span>
    </div>
  );
}

function CheckNow({ repository }: { repository: { id: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const check = useMutation(
    trpc.repositories.check.mutationOptions({
      onSuccess: async () => {
        toast.done("The check is asked for", "What it finds stands here and on its job's page.");
        await queryClient.invalidateQueries(trpc.jobs.list.pathFilter());
      },
      onError: (error) => toast.failed("No check was started", problemOf(error).say),
    }),
  );
  const begin = (kind: CheckKind) => check.mutate({ id: repository.id, kind });
  return (
    <div className="flex flex-wrap gap-2">
      <Button size="small" disabled={check.isPending} onClick={() => begin("quick")}>
        Quick check
      </Button>
      <Button size="small" disabled={check.isPending} onClick={() => begin("full")}>
        Full check
      </Button>
    </div>
  );
}
