"use client";

import { Badge } from "~/components/ui/badge";
import { Bytes } from "~/components/ui/bytes";
import { Count } from "~/components/ui/count";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { Api } from "../system/api";
import { ImportDialog } from "./import-dialog";

type Listing = Api["repositoryImports"]["list"];

/** Folders on the storage node, as far as names and sizes tell. */
export function ImportCandidates({ candidates }: { candidates: Listing["candidates"] }) {
  return (
    <Section
      title="Folders on the storage node"
      note="So far names and sizes were looked at, nothing was read and nothing is changed."
    >
      <Table label="Folders on the storage node">
        <TableHead>
          <HeadCell>Folder</HeadCell>
          <HeadCell from="md">Location</HeadCell>
          <HeadCell from="sm">Encryption</HeadCell>
          <HeadCell number from="sm">
            Size
          </HeadCell>
          <HeadCell number from="md">
            Segments
          </HeadCell>
          <HeadCell>
            <span className="sr-only">Import</span>
          </HeadCell>
        </TableHead>
        <TableBody>
          {candidates.map((candidate) => (
            <Row key={candidate.id}>
              <Cell className="min-w-40">
                <span className="break-all font-medium">{shownName(candidate)}</span>
                {candidate.problem ? (
                  <span className="block max-w-prose text-[0.8125rem] text-warn">{candidate.problem}</span>
                ) : (
                  <span className="block text-[0.8125rem] text-ink-soft sm:hidden">
                    {candidate.encryption}, <Bytes value={candidate.bytes} />
                  </span>
                )}
              </Cell>
              <Cell from="md">{candidate.location}</Cell>
              <Cell from="sm" className="whitespace-nowrap">
                {candidate.encryption ?? <span className="text-ink-soft">cannot be told</span>}
              </Cell>
              <Cell number from="sm">
                <Bytes value={candidate.problem === null ? candidate.bytes : null} />
              </Cell>
              <Cell number from="md">
                {candidate.problem === null ? <Count value={candidate.segments} /> : "-"}
              </Cell>
              <Cell className="text-right">
                {candidate.problem ? (
                  <Badge tone="warn">Not possible</Badge>
                ) : (
                  <ImportDialog
                    subject={{
                      of: { candidateId: candidate.id },
                      name: shownName(candidate),
                      encryption: candidate.encryption,
                      clientId: candidate.clientId,
                      isFixed: false,
                    }}
                  />
                )}
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

/** Repositories that the storage node has, sealed, and of which the server lost its row. */
export function LostRepositories({ lost }: { lost: Listing["lost"] }) {
  return (
    <Section
      title="On the storage node, and unknown here"
      note="Their seals and ledgers are there, only this server's record is lost. They keep their ids and are taken in where they lie."
    >
      <ul className="divide-y rounded-md border bg-panel">
        {lost.map((one) => (
          <li
            key={one.repositoryId}
            className="flex flex-wrap items-center justify-between gap-3 px-4 py-2.5"
          >
            <div className="min-w-0">
              <p className="break-all font-medium font-mono text-[0.8125rem]">{one.repositoryId}</p>
              <p className="text-[0.8125rem] text-ink-soft">
                in {one.location}, of{" "}
                {one.clientName ?? (
                  <>
                    the client <span className="font-mono">{one.clientId}</span>, which is unknown as well
                  </>
                )}
              </p>
            </div>
            <ImportDialog
              subject={{
                of: { repositoryId: one.repositoryId },
                name: "main",
                encryption: null,
                clientId: one.clientId,
                isFixed: true,
                clientName: one.clientName,
              }}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** A folder that lay among a client's repositories has a name of ids. */
const shownName = ({ name, kind, repositoryId }: Listing["candidates"][number]) =>
  kind === "left" ? `left behind: ${repositoryId}` : name;
