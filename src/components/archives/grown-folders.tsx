"use client";

import { useQuery } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { tellingGrowth } from "~/domain/growth";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { ByteChange } from "./byte-change";
import { NameText } from "./name-text";

/** Folders shown; the comparison itself has the rest. */
const MOST_SHOWN = 15;

/** The folders that took most more room from one archive to the other, wherever they lie. Nothing where none grew. */
export function GrownFolders({
  ends,
  open,
}: {
  ends: { before: string; after: string };
  open: (path: string) => void;
}) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.archives.grew.queryOptions(
      { ...ends, limit: 100 },
      { staleTime: Number.POSITIVE_INFINITY, trpc: { context: ALONE, abortOnUnmount: true } },
    ),
  );
  const grown = tellingGrowth(data ?? []).slice(0, MOST_SHOWN);
  if (grown.length === 0) return null;
  return (
    <Section
      title="What grew"
      note="Folders by how much more lies in them, most first. One that grew because of a single folder in it is left out."
    >
      <Table label="Folders that grew">
        <TableHead>
          <HeadCell className="w-full">Folder</HeadCell>
          <HeadCell from="sm" number>
            Before
          </HeadCell>
          <HeadCell from="sm" number>
            After
          </HeadCell>
          <HeadCell number>Growth</HeadCell>
        </TableHead>
        <TableBody>
          {grown.map((one) => (
            <Row key={one.path}>
              <Cell className="w-full max-w-0">
                <button
                  type="button"
                  onClick={() => open(one.path)}
                  className="wrap-anywhere text-left font-mono text-[0.8125rem] text-accent hover:underline"
                >
                  /<NameText path={one.path} />
                </button>
              </Cell>
              <Cell from="sm" number>
                <Bytes value={one.bytesBefore} />
              </Cell>
              <Cell from="sm" number>
                <Bytes value={one.bytesAfter} />
              </Cell>
              <Cell number>
                <ByteChange bytes={one.bytesAfter - one.bytesBefore} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
