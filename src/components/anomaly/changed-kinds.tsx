import { Count } from "~/components/ui/count";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { Api } from "../system/api";

type Changes = NonNullable<NonNullable<Api["archives"]["suspicion"]["suspicion"]>["features"]["changes"]>;

/** What changed by the endings of names, most first. */
export function ChangedKinds({ changes }: { changes: Changes }) {
  return (
    <Table label="Changes by ending of the name">
      <TableHead>
        <HeadCell className="w-full">Ending</HeadCell>
        <HeadCell number>Changed</HeadCell>
        <HeadCell number>Came</HeadCell>
        <HeadCell number>Went</HeadCell>
      </TableHead>
      <TableBody>
        {changes.extensions.map(({ extension, changed, came, went }) => (
          <Row key={extension}>
            <Cell className="font-mono text-[0.8125rem]">
              {extension === "" ? "none" : extension === "#" ? "a number" : `.${extension}`}
            </Cell>
            <Cell number>
              <Count value={changed} />
            </Cell>
            <Cell number>
              <Count value={came} />
            </Cell>
            <Cell number>
              <Count value={went} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
