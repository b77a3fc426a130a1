"use client";

import { useQuery } from "@tanstack/react-query";
import { DatabaseBackup } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { ENGINE_NAMES } from "~/domain/option-words";
import { useTRPC } from "~/trpc/react";
import { restoreAddress } from "../restores/restore-address";

/** The databases that were dumped into an archive, and the way back for one of them. Nothing where there are none. */
export function ArchiveDatabases({ archiveId, mayRestore }: { archiveId: string; mayRestore: boolean }) {
  const trpc = useTRPC();
  const { data: databases = [] } = useQuery(trpc.restores.databases.queryOptions({ archiveId }));
  if (databases.length === 0) return null;
  return (
    <Section
      title="Databases"
      note="Dumped into databases.tar before the files were read."
      action={
        mayRestore ? (
          <ButtonLink href={restoreAddress({ archiveId, database: true })}>
            <DatabaseBackup aria-hidden />
            Restore a database
          </ButtonLink>
        ) : null
      }
    >
      <Table label="Databases of this archive">
        <TableHead>
          <HeadCell className="w-full">Database</HeadCell>
          <HeadCell from="sm">Kind</HeadCell>
          <HeadCell from="md">Dumped as</HeadCell>
          <HeadCell number>Size</HeadCell>
        </TableHead>
        <TableBody>
          {databases.map(({ source, database, engine, bytes, problem }) => (
            <Row key={`${source} ${database}`}>
              <Cell className="w-full">
                <span className="wrap-anywhere">{database}</span>
                {problem === null ? null : (
                  <span className="block wrap-anywhere text-[0.8125rem] text-fail">
                    Not backed up: {problem}
                  </span>
                )}
              </Cell>
              <Cell from="sm" className="whitespace-nowrap">
                {engine === null ? "not told" : ENGINE_NAMES[engine]}
              </Cell>
              <Cell from="md">{source}</Cell>
              <Cell number>
                {problem === null ? <Bytes value={bytes} /> : <span className="text-ink-soft">-</span>}
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
