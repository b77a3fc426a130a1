"use client";

import { Check, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Button } from "~/components/ui/button";
import { cn } from "~/components/ui/class-names";
import { ShortTime } from "~/components/ui/short-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";

/** An archive with what the rules that are typed would do, and what those that are saved do. */
export interface ShownMark {
  id: string;
  name: string;
  observedAt: Date;
  keep: boolean;
  /** In words, never empty. */
  reasons: readonly string[];
  keptAsSaved: boolean;
}

/** Archives shown before somebody asks for all. */
const FIRST_ROWS = 10;
/** One reason is enough to stay; all of them stand in the hint. */
const SHOWN_REASONS = 2;
/** Squares of the strip. */
const MOST_SQUARES = 400;

/** The archives that are there, newest first: what stays, what would go, and what changes by saving. */
export function KeepMarks({
  marks,
  changes,
  truncated,
}: {
  marks: readonly ShownMark[];
  /** The rules are not those that are saved. */
  changes: boolean;
  truncated: boolean;
}) {
  const [all, setAll] = useState(false);
  const [onlyChanged, setOnlyChanged] = useState(false);
  const changed = marks.filter((mark) => mark.keep !== mark.keptAsSaved);
  const listed = onlyChanged && changes ? changed : marks;
  const shown = useDeferredValue(all ? listed : listed.slice(0, FIRST_ROWS));
  if (marks.length === 0) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        This plan has no archive yet; what these rules keep of its archives will be shown here.
      </p>
    );
  }
  const kept = marks.filter((mark) => mark.keep).length;
  return (
    <div className="grid gap-2">
      <p aria-live="polite">
        Of {formatCount(marks.length)} {marks.length === 1 ? "archive" : "archives"} now,{" "}
        <strong className="font-semibold">{formatCount(kept)} stay</strong> and{" "}
        <strong className="font-semibold">{formatCount(marks.length - kept)} would go</strong> into the trash.
        {changes ? <Difference changed={changed} /> : null}
        {truncated ? " Older ones are not looked at here." : null}
      </p>
      <Strip marks={marks} />
      {changes && changed.length > 0 ? (
        <div>
          <Button size="small" aria-pressed={onlyChanged} onClick={() => setOnlyChanged(!onlyChanged)}>
            {onlyChanged ? "Show all archives" : `Show the ${formatCount(changed.length)} that change`}
          </Button>
        </div>
      ) : null}
      <Table label="What the rules would keep">
        <TableHead>
          <HeadCell>Archive</HeadCell>
          <HeadCell from="sm">Seen</HeadCell>
          <HeadCell>Would</HeadCell>
          {changes ? <HeadCell from="sm">As saved</HeadCell> : null}
          <HeadCell from="sm">Because</HeadCell>
        </TableHead>
        <TableBody>
          {shown.map((mark) => (
            <MarkRow key={mark.id} mark={mark} changes={changes} />
          ))}
        </TableBody>
      </Table>
      {listed.length > shown.length && !all ? (
        <div>
          <Button size="small" onClick={() => setAll(true)}>
            Show all {formatCount(listed.length)}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Difference({ changed }: { changed: readonly ShownMark[] }) {
  const going = changed.filter((mark) => !mark.keep).length;
  const staying = changed.length - going;
  if (changed.length === 0) return <> That is what the saved rules do, too.</>;
  return (
    <>
      {" "}
      Compared with the saved rules, {formatCount(going)} more would go and {formatCount(staying)} more would
      stay.
    </>
  );
}

/** One small square per archive, the newest first: where the rules begin to thin out is seen at a glance. The table says it in words. */
function Strip({ marks }: { marks: readonly ShownMark[] }) {
  return (
    <div aria-hidden className="flex flex-wrap gap-0.5">
      {marks.slice(0, MOST_SQUARES).map((mark) => (
        <span
          key={mark.id}
          className={cn(
            "size-2.5 rounded-[2px]",
            mark.keep ? "bg-ok-fill" : "border border-line-strong/60",
            mark.keep !== mark.keptAsSaved && "outline outline-warn",
          )}
        />
      ))}
    </div>
  );
}

function MarkRow({ mark, changes }: { mark: ShownMark; changes: boolean }) {
  const more = mark.reasons.length - SHOWN_REASONS;
  const reasons = `${mark.reasons.slice(0, SHOWN_REASONS).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return (
    <Row className={changes && mark.keep !== mark.keptAsSaved ? "bg-warn-wash" : undefined}>
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
      {changes ? (
        <Cell from="sm" className="whitespace-nowrap text-ink-soft">
          {mark.keptAsSaved ? "stays" : "goes"}
        </Cell>
      ) : null}
      <Cell from="sm" className="text-[0.8125rem] text-ink-soft" title={mark.reasons.join("; ")}>
        {reasons}
      </Cell>
    </Row>
  );
}
