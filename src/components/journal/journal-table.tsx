"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment } from "react";
import type { Api } from "~/components/system/api";
import { ExactTime } from "~/components/ui/exact-time";
import { useFilters } from "~/components/ui/filter-bar";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { EntryDetail } from "./entry-detail";

type Entry = Api["journal"]["list"]["items"][number];

/** Entries as rows; one of them opens below itself and then stands in the address. */
export function JournalTable({ entries }: { entries: readonly Entry[] }) {
  const [{ entry: opened }, set] = useFilters(["entry"]);
  return (
    <Table label="Journal">
      <TableHead>
        <HeadCell>What</HeadCell>
        <HeadCell from="md">Who</HeadCell>
        <HeadCell from="md">When</HeadCell>
      </TableHead>
      <TableBody>
        {entries.map((entry) => {
          const open = opened === String(entry.id);
          return (
            <Fragment key={entry.id}>
              <EntryRow
                entry={entry}
                open={open}
                onToggle={() => set({ entry: open ? null : String(entry.id) })}
              />
              {open ? (
                <tr className="border-b bg-sunken">
                  <td colSpan={3} className="px-3 py-3 sm:pl-9" id={`entry-${entry.id}`}>
                    <EntryDetail id={entry.id} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </TableBody>
    </Table>
  );
}

function EntryRow({ entry, open, onToggle }: { entry: Entry; open: boolean; onToggle: () => void }) {
  return (
    <Row>
      <Cell>
        <div className="flex items-start gap-1.5">
          <button
            type="button"
            data-row-link=""
            aria-expanded={open}
            aria-controls={open ? `entry-${entry.id}` : undefined}
            onClick={onToggle}
            className="flex min-h-6 min-w-0 items-start gap-1.5 text-left hover:underline"
          >
            {open ? (
              <ChevronDown aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-soft" />
            ) : (
              <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-soft" />
            )}
            <span className="wrap-anywhere">{entry.say}</span>
          </button>
        </div>
        <p className="pl-5.5 text-[0.8125rem] text-ink-soft">
          <code className="font-mono">{entry.action}</code>
          {entry.clientId ? (
            <>
              {" · "}
              <TextLink inline href={`/clients/${entry.clientId}`}>
                {entry.clientName ?? "open the client"}
              </TextLink>
            </>
          ) : null}
        </p>
        {/* On phones the other two columns stand here. */}
        <p className="pl-5.5 text-[0.8125rem] text-ink-soft md:hidden">
          <Who entry={entry} /> · <ExactTime at={entry.at} />
        </p>
      </Cell>
      <Cell from="md" className="whitespace-nowrap">
        <Who entry={entry} />
      </Cell>
      <Cell from="md" className="whitespace-nowrap text-[0.8125rem] text-ink-soft">
        <ExactTime at={entry.at} />
      </Cell>
    </Row>
  );
}

function Who({ entry }: { entry: Entry }) {
  if (!entry.personId) return <>{entry.who}</>;
  return (
    <TextLink inline href={`/journal?person=${entry.personId}`}>
      {entry.who}
    </TextLink>
  );
}
