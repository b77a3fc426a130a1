import { CircleCheck, CircleX } from "lucide-react";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { ReadBack } from "~/domain/drill";
import type { Api } from "../system/api";

const WORDS: Record<ReadBack, string> = {
  same: "the same",
  differs: "differs",
  missing: "not in the archive",
  unreadable: "cannot be read",
};

/** The files that were compared, what is wrong first. */
export function CertificateFiles({
  certificate,
}: {
  certificate: Api["reports"]["certificate"]["document"]["certificate"];
}) {
  const files = [...certificate.files].sort(
    (a, b) => Number(a.readBack === "same") - Number(b.readBack === "same"),
  );
  if (files.length === 0) return null;
  return (
    <Section
      title="Files"
      note="Each with the hash that the machine took of its live file, and what came out of the archive."
    >
      <Table label="Files that were compared">
        <TableHead>
          <HeadCell>Came out</HeadCell>
          <HeadCell>File</HeadCell>
          <HeadCell from="sm" number>
            Size
          </HeadCell>
          <HeadCell from="lg">Hash</HeadCell>
        </TableHead>
        <TableBody>
          {files.map((file) => (
            <Row key={file.pathBytes ?? file.path}>
              <Cell className="whitespace-nowrap">
                <span
                  className={`inline-flex items-center gap-1.5 ${file.readBack === "same" ? "text-ok" : "text-fail"}`}
                >
                  {file.readBack === "same" ? (
                    <CircleCheck aria-hidden className="size-4" />
                  ) : (
                    <CircleX aria-hidden className="size-4" />
                  )}
                  {WORDS[file.readBack]}
                </span>
              </Cell>
              <Cell className="w-full max-w-0">
                <span className="block wrap-anywhere font-mono text-[0.8125rem]">{file.path}</span>
                {file.canary ? <span className="text-[0.8125rem] text-ink-soft">canary</span> : null}
              </Cell>
              <Cell from="sm" number>
                <Bytes value={file.bytes} />
              </Cell>
              <Cell from="lg">
                <code className="font-mono text-[0.75rem]" title={file.hash}>
                  {file.hash.slice(0, 16)}…
                </code>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
