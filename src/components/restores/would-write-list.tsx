import { Bytes } from "~/components/ui/bytes";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";
import type { RestoreResult } from "./restore-result";

type WouldWrite = NonNullable<RestoreResult["wouldWrite"]>;

const BECOMES: Record<WouldWrite["sample"][number]["becomes"], { word: string; ink: string }> = {
  create: { word: "new", ink: "text-ok" },
  replace: { word: "replaces", ink: "text-warn" },
  "keep-both": { word: "beside", ink: "text-ink" },
  skip: { word: "left out", ink: "text-ink-soft" },
};

/** The first files that a dry run met and what would become of each. Nothing where it met none. */
export function WouldWriteList({ wouldWrite }: { wouldWrite: WouldWrite }) {
  const { sample, create, replace, keepBoth, skip } = wouldWrite;
  if (sample.length === 0) return null;
  const all = create.files + replace.files + keepBoth.files + skip.files;
  return (
    <div className="grid gap-2">
      <div className="max-h-80 overflow-auto">
        <Table label="What would be written">
          <TableHead>
            <HeadCell className="w-full">File</HeadCell>
            <HeadCell>Would be</HeadCell>
            <HeadCell number>Size</HeadCell>
          </TableHead>
          <TableBody>
            {sample.map(({ path, becomes, bytes }) => (
              <Row key={path}>
                <Cell className="w-full">
                  <code className="wrap-anywhere font-mono text-[0.8125rem]">{path}</code>
                </Cell>
                <Cell className={`whitespace-nowrap ${BECOMES[becomes].ink}`}>{BECOMES[becomes].word}</Cell>
                <Cell number>
                  <Bytes value={bytes} />
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      </div>
      {all > sample.length ? (
        <p className="text-[0.8125rem] text-ink-soft">
          The first {formatCount(sample.length)} of {formatCount(all)} files.
        </p>
      ) : null}
    </div>
  );
}
