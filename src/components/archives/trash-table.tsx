"use client";

import { Undo2 } from "lucide-react";
import { Button } from "~/components/ui/button";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import type { ArchiveRow } from "../system/api";
import { useMayOf } from "../system/use-may";
import { TrashEnd } from "./trash-end";
import { useArchiveMarks } from "./use-archive-marks";

/** Archives in the trash: since when, until when they can surely be brought back, and the button that does it. */
export function TrashTable({ archives }: { archives: readonly ArchiveRow[] }) {
  const { bringBack } = useArchiveMarks();
  const may = useMayOf("delete-archives");
  return (
    <Table label="Archives in the trash">
      <TableHead>
        <HeadCell>Archive</HeadCell>
        <HeadCell from="md">Client</HeadCell>
        <HeadCell from="lg">Seen</HeadCell>
        <HeadCell from="sm">Removed</HeadCell>
        <HeadCell>Can be brought back</HeadCell>
        <HeadCell>
          <span className="sr-only">Actions</span>
        </HeadCell>
      </TableHead>
      <TableBody>
        {archives.map((archive) => (
          <Row key={archive.id}>
            <Cell className="w-full sm:max-w-0">
              <TextLink
                row
                href={`/archives/${archive.id}`}
                className="block break-all sm:truncate"
                title={archive.name}
              >
                {archive.name}
              </TextLink>
              <span className="block truncate text-[0.8125rem] text-ink-soft">
                <span className="md:hidden">{archive.clientName} · </span>
                {archive.planName ?? "not of a plan"}
              </span>
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              <TextLink href={`/clients/${archive.clientId}`} className="text-ink">
                {archive.clientName}
              </TextLink>
            </Cell>
            <Cell from="lg" className="whitespace-nowrap">
              <RelativeTime at={archive.observedAt} />
            </Cell>
            <Cell from="sm" className="whitespace-nowrap">
              <RelativeTime at={archive.trashedAt} />
            </Cell>
            <Cell className="sm:whitespace-nowrap">
              <TrashEnd at={archive.trashEndsAt} />
            </Cell>
            <Cell className="text-right">
              {may(archive.clientId) ? (
                <Button
                  size="small"
                  busy={bringBack.isPending && bringBack.variables.id === archive.id}
                  onClick={() => bringBack.mutate({ id: archive.id })}
                  aria-label={`Bring back ${archive.name}`}
                >
                  <Undo2 aria-hidden />
                  <span className="hidden sm:inline">Bring back</span>
                </Button>
              ) : null}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
