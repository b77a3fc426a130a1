"use client";

import { ArrowRight } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Checkbox } from "~/components/ui/checkbox";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { Api } from "../system/api";

export type Preview = Api["planProfiles"]["preview"]["items"][number];

/** Plans with what a profile would change of each, in words, before and after. */
export function PreviewTable({
  rows,
  ticked,
  tick,
}: {
  rows: readonly Preview[];
  ticked: ReadonlyMap<string, Preview>;
  tick: (rows: readonly Preview[], on: boolean) => void;
}) {
  const some = rows.some(({ planId }) => ticked.has(planId));
  const all = rows.every(({ planId }) => ticked.has(planId));
  return (
    <Table label="What the profile would change">
      <TableHead>
        <HeadCell>
          <Checkbox
            aria-label="Tick all plans that are shown"
            checked={all}
            indeterminate={some && !all}
            onCheckedChange={(on) => tick(rows, on)}
          />
        </HeadCell>
        <HeadCell>Plan</HeadCell>
        <HeadCell from="md">Would change</HeadCell>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <Row key={row.planId}>
            <Cell className="w-8 align-top">
              <Checkbox
                aria-label={`Tick ${row.planName} of ${row.clientName}`}
                checked={ticked.has(row.planId)}
                onCheckedChange={(on) => tick([row], on)}
              />
            </Cell>
            <Cell className="align-top">
              <TextLink row href={`/plans/${row.planId}`}>
                {row.planName}
              </TextLink>
              <span className="block text-[0.8125rem] text-ink-soft">{row.clientName}</span>
              {row.applied ? <Badge>took it before</Badge> : null}
              <div className="pt-2 md:hidden">
                <Changes row={row} />
              </div>
            </Cell>
            <Cell from="md" className="align-top">
              <Changes row={row} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function Changes({ row }: { row: Preview }) {
  if (row.changes.length === 0) return <span className="text-ink-soft">nothing, it is so already</span>;
  return (
    <ul className="grid gap-1.5">
      {row.changes.map(({ part, label, before, after }) => (
        <li key={part}>
          <span className="text-ink-soft">{label}: </span>
          <span className="break-words">{before}</span>{" "}
          <ArrowRight aria-label="becomes" className="inline size-3.5 text-ink-soft" />{" "}
          <strong className="break-words font-medium">{after}</strong>
        </li>
      ))}
    </ul>
  );
}
