"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { ButtonLink } from "~/components/ui/button-link";
import { Notice } from "~/components/ui/notice";
import { problemOf } from "~/components/ui/problem-of";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { ImportFound } from "./import-found";

type ImportRow = Api["repositoryImports"]["list"]["imports"][number];

/** One import: where it stands, what was found, and what can be done now. */
export function ImportCard({ row }: { row: ImportRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const again = () => queryClient.invalidateQueries(trpc.repositoryImports.pathFilter());
  const tell = { onSettled: again, onError: (error: unknown) => toast.failed(problemOf(error).say) };
  const adopt = useMutation(trpc.repositoryImports.adopt.mutationOptions(tell));
  const discard = useMutation(trpc.repositoryImports.discard.mutationOptions(tell));
  const mayAdopt = row.found !== null && !row.isBusy && (row.state === "checked" || row.state === "adopting");
  return (
    <article aria-label={`Import of ${row.folder}`} className="grid gap-3 rounded-md border bg-panel p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="min-w-0">
          <h3 className="break-words font-medium">
            {row.folder} → {row.name} of {row.clientName}
          </h3>
          <p className="text-[0.8125rem] text-ink-soft">{stateText(row)}</p>
        </div>
        <ImportBadge row={row} />
      </div>
      {row.problem ? (
        <Notice tone="fail" title="It was not taken in, and the folder is where it was">
          {row.problem}
        </Notice>
      ) : null}
      {row.found ? <ImportFound found={row.found} /> : null}
      <div className="flex flex-wrap gap-2">
        {mayAdopt ? (
          <Button variant="primary" busy={adopt.isPending} onClick={() => adopt.mutate({ id: row.id })}>
            Take it in
          </Button>
        ) : null}
        {row.state === "adopting" && row.isBusy ? null : (
          <Button busy={discard.isPending} onClick={() => discard.mutate({ id: row.id })}>
            Leave it there
          </Button>
        )}
        {row.jobId ? (
          <ButtonLink variant="quiet" href={`/jobs/${row.jobId}`}>
            Open the job
          </ButtonLink>
        ) : null}
      </div>
    </article>
  );
}

function ImportBadge({ row }: { row: ImportRow }) {
  if (row.isBusy) return <Badge tone="running">{row.state === "adopting" ? "Taking in" : "Reading"}</Badge>;
  if (row.state === "checked") return <Badge tone="ok">Found whole</Badge>;
  if (row.state === "refused") return <Badge tone="fail">Refused</Badge>;
  return <Badge tone="warn">Interrupted</Badge>;
}

function stateText({ state, isBusy, location }: ImportRow): string {
  if (isBusy)
    return state === "adopting"
      ? `In ${location}. It is moved, sealed and entered into the ledger; its original goes last.`
      : `In ${location}. borg lists its archives and reads everything against its checksums.`;
  if (state === "checked") return `In ${location}. Nothing was taken yet.`;
  if (state === "refused") return `In ${location}.`;
  return `In ${location}. The job ended before it was done: ${
    state === "adopting" ? "take it in once more, nothing is lost." : "leave it there and begin again."
  }`;
}
