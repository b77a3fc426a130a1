"use client";

import { Check, CircleHelp, CircleX, Minus, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "~/components/ui/button";
import { Section } from "~/components/ui/section";
import { ShortTime } from "~/components/ui/short-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { type ComparedArchive, compareArchives } from "~/domain/compare-archives";
import { formatCount } from "~/domain/quantity";
import type { Review } from "./vault-api";

/** Rows shown before somebody asks for all: what is missing or new comes first, so these tell the story. */
const FIRST_ROWS = 12;

/** The archives at the last clean state and now, side by side; what is missing stands first and is marked. */
export function ArchivesThenAndNow({
  review,
  lastCleanArchives,
}: {
  review: Review | null;
  lastCleanArchives: number;
}) {
  const [all, setAll] = useState(false);
  if (!review) return null;
  const rows = compareArchives(review.archivesThen, review.archivesNow);
  const readable = review.archivesNow !== null;
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <Section title="Archives then and now" note={sentence(review, rows, lastCleanArchives)}>
      {rows.length > 0 ? (
        <Table label="Archives then and now">
          <TableHead>
            <HeadCell>Archive</HeadCell>
            <HeadCell from="sm">Then</HeadCell>
            <HeadCell>Now</HeadCell>
          </TableHead>
          <TableBody>
            {shown.map((archive) => (
              <ComparedRow key={`${archive.borgId} ${archive.name}`} archive={archive} readable={readable} />
            ))}
          </TableBody>
        </Table>
      ) : null}
      {rows.length > shown.length ? (
        <div>
          <Button size="small" onClick={() => setAll(true)}>
            Show all {formatCount(rows.length)}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}

function sentence(review: Review, rows: readonly ComparedArchive[], lastCleanArchives: number): string {
  const then = `${formatCount(lastCleanArchives)} ${lastCleanArchives === 1 ? "archive" : "archives"} at the last clean state`;
  if (!review.archivesNow) return `${then}. The list of now cannot be read with the key we know.`;
  const count = (state: ComparedArchive["state"]) => rows.filter((row) => row.state === state).length;
  const parts = [
    count("missing") > 0
      ? `${formatCount(count("missing"))} of them missing now`
      : "none of them missing now",
    count("new") > 0 ? `${formatCount(count("new"))} new since` : null,
  ].filter((part) => part !== null);
  return `${then}, ${parts.join(", ")}.${review.truncated ? " Both lists are cut to the newest." : ""}`;
}

function ComparedRow({ archive, readable }: { archive: ComparedArchive; readable: boolean }) {
  return (
    <Row className={archive.state === "missing" ? "bg-fail-wash hover:bg-fail-wash" : undefined}>
      <Cell className="w-full">
        <span className="block break-all">{archive.name}</span>
        {archive.observedAt ? (
          <span className="block text-[0.8125rem] text-ink-soft">
            seen <ShortTime at={new Date(archive.observedAt)} />
          </span>
        ) : null}
      </Cell>
      <Cell from="sm" className="whitespace-nowrap">
        {archive.state === "new" ? (
          <Mark icon={Minus} tone="text-ink-soft" word="Not there" />
        ) : (
          <Mark icon={Check} tone="text-ok" word="There" />
        )}
      </Cell>
      <Cell className="whitespace-nowrap">
        {readable ? (
          <Now state={archive.state} />
        ) : (
          <Mark icon={CircleHelp} tone="text-warn" word="Unknown" />
        )}
      </Cell>
    </Row>
  );
}

function Now({ state }: { state: ComparedArchive["state"] }) {
  if (state === "missing") return <Mark icon={CircleX} tone="text-fail" word="Missing" />;
  if (state === "new") return <Mark icon={Plus} tone="text-warn" word="New" />;
  return <Mark icon={Check} tone="text-ok" word="There" />;
}

function Mark({ icon: Icon, tone, word }: { icon: typeof Check; tone: string; word: string }) {
  return (
    <span className={`inline-flex items-center gap-1.5 ${tone}`}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {word}
    </span>
  );
}
