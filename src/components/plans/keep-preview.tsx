"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Check, Trash2 } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { Button } from "~/components/ui/button";
import { cn } from "~/components/ui/class-names";
import { ErrorState } from "~/components/ui/error-state";
import { ShortTime } from "~/components/ui/short-time";
import { Skeleton } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";
import type { KeepRules } from "~/domain/retention";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";

type Mark = Api["plans"]["previewKeep"]["marks"][number];

/** Milliseconds a number stands still before the server is asked what it would do. */
const SETTLE_MS = 350;
/** Archives shown before somebody asks for all. */
const FIRST_ROWS = 10;
/** One reason is enough to stay; all of them stand in the hint. */
const SHOWN_REASONS = 2;

/** What the rules would keep and remove of the archives that this plan has now, each with its reasons. Nothing is done by looking. */
export function KeepPreview({ planId, keep }: { planId: string | null; keep: KeepRules }) {
  const trpc = useTRPC();
  const settled = useSettled(keep);
  const preview = useQuery({
    ...trpc.plans.previewKeep.queryOptions({ planId: planId ?? "", keep: settled }),
    enabled: planId !== null,
    placeholderData: keepPreviousData,
  });
  if (planId === null) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        Once the plan has archives, what these rules keep of them is shown here.
      </p>
    );
  }
  if (!preview.data) {
    return preview.error ? (
      <ErrorState
        title="The preview could not be made"
        error={preview.error}
        retry={() => void preview.refetch()}
      />
    ) : (
      <Skeleton className="h-24 rounded-md" />
    );
  }
  return <Marks marks={preview.data.marks} stale={preview.isPlaceholderData || settled !== keep} />;
}

function Marks({ marks, stale }: { marks: readonly Mark[]; stale: boolean }) {
  const [all, setAll] = useState(false);
  const shown = useDeferredValue(all ? marks : marks.slice(0, FIRST_ROWS));
  const kept = marks.filter((mark) => mark.keep).length;
  if (marks.length === 0) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        This plan has no archive yet; what these rules keep will be shown here.
      </p>
    );
  }
  return (
    <div className={cn("grid gap-2", stale && "opacity-60")} aria-busy={stale}>
      <p aria-live="polite">
        Of {formatCount(marks.length)} {marks.length === 1 ? "archive" : "archives"} now,{" "}
        <strong className="font-semibold">{formatCount(kept)} stay</strong> and{" "}
        <strong className="font-semibold">{formatCount(marks.length - kept)} would go</strong> into the trash.
      </p>
      <Strip marks={marks} />
      <Table label="What the rules would keep">
        <TableHead>
          <HeadCell>Archive</HeadCell>
          <HeadCell from="sm">Seen</HeadCell>
          <HeadCell>Would</HeadCell>
          <HeadCell from="sm">Because</HeadCell>
        </TableHead>
        <TableBody>
          {shown.map((mark) => (
            <MarkRow key={mark.archiveId} mark={mark} />
          ))}
        </TableBody>
      </Table>
      {marks.length > shown.length && !all ? (
        <div>
          <Button size="small" onClick={() => setAll(true)}>
            Show all {formatCount(marks.length)}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** One small square per archive, the newest first: where the rules begin to thin out is seen at a glance. The table says it in words. */
function Strip({ marks }: { marks: readonly Mark[] }) {
  return (
    <div aria-hidden className="flex flex-wrap gap-0.5">
      {marks.slice(0, 400).map((mark) => (
        <span
          key={mark.archiveId}
          className={cn("size-2.5 rounded-[2px]", mark.keep ? "bg-ok-fill" : "border border-line-strong/60")}
        />
      ))}
    </div>
  );
}

function MarkRow({ mark }: { mark: Mark }) {
  const more = mark.reasons.length - SHOWN_REASONS;
  const reasons = `${mark.reasons.slice(0, SHOWN_REASONS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return (
    <Row>
      <Cell className="sm:max-w-64">
        <span className="block break-all sm:truncate" title={mark.name}>
          {mark.name}
        </span>
        <span className="block text-[0.8125rem] text-ink-soft sm:hidden">
          <ShortTime at={mark.observedAt} />
        </span>
        <span className="block text-[0.8125rem] text-ink-soft sm:hidden">{reasons}</span>
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        <ShortTime at={mark.observedAt} />
      </Cell>
      <Cell className="whitespace-nowrap">
        {mark.keep ? (
          <span className="inline-flex items-center gap-1.5 text-ok">
            <Check aria-hidden className="size-4" />
            Stay
          </span>
        ) : (
          <span className="inline-flex items-center gap-1.5 text-warn">
            <Trash2 aria-hidden className="size-4" />
            Go
          </span>
        )}
      </Cell>
      <Cell from="sm" className="text-[0.8125rem] text-ink-soft" title={mark.reasons.join("; ")}>
        {reasons}
      </Cell>
    </Row>
  );
}

function useSettled(keep: KeepRules): KeepRules {
  const [settled, setSettled] = useState(keep);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(keep), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [keep]);
  return settled;
}
