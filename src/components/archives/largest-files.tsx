"use client";

import { useQuery } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { ALONE } from "~/trpc/alone";
import { useTRPC } from "~/trpc/react";
import { fileAddress } from "./addresses";
import { NameText } from "./name-text";

/** The largest files of an archive, wherever they lie. Nothing while the catalog does not hold it. */
export function LargestFiles({ archiveId, repositoryId }: { archiveId: string; repositoryId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.archives.largest.queryOptions(
      { id: archiveId, limit: 20 },
      {
        ...{ staleTime: Number.POSITIVE_INFINITY, retry: false },
        trpc: { context: ALONE, abortOnUnmount: true },
      },
    ),
  );
  if (!data || data.length === 0) return null;
  return (
    <Section title="The largest files of all">
      <Table label="The largest files of this archive">
        <TableHead>
          <HeadCell className="w-full">File</HeadCell>
          <HeadCell number>Size</HeadCell>
        </TableHead>
        <TableBody>
          {data.map(({ path, bytes }) => (
            <Row key={path}>
              <Cell className="w-full max-w-0">
                <TextLink
                  href={fileAddress({ repositoryId, path })}
                  className="wrap-anywhere font-mono text-[0.8125rem]"
                >
                  /<NameText path={path} />
                </TextLink>
              </Cell>
              <Cell number>
                <Bytes value={bytes} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
