import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { AttackLabRun } from "~/domain/attack-lab";
import { formatCount } from "~/domain/quantity";

/** The same attacks with one layer switched off at a time: the others must hold by themselves. */
export function LayersOff({ layers }: { layers: AttackLabRun["layersOff"] }) {
  return (
    <Section
      title="With one layer switched off"
      note="No single failure may lose anything that was committed."
    >
      {layers.length === 0 ? (
        <p className="rounded-md border bg-panel p-4 text-ink-soft">This run did not switch layers off.</p>
      ) : (
        <Table label="Attacks with one layer switched off">
          <TableHead>
            <HeadCell>Without</HeadCell>
            <HeadCell number>Attacks</HeadCell>
            <HeadCell number>Archives lost</HeadCell>
            <HeadCell number>Bytes lost</HeadCell>
          </TableHead>
          <TableBody>
            {layers.map((layer) => (
              <Row key={layer.layer}>
                <Cell>{layer.layer}</Cell>
                <Cell number>{formatCount(layer.attacks)}</Cell>
                <Cell number className={layer.archivesLost > 0 ? "font-medium text-fail" : undefined}>
                  {formatCount(layer.archivesLost)}
                </Cell>
                <Cell number className={layer.bytesLost > 0 ? "font-medium text-fail" : undefined}>
                  <Bytes value={layer.bytesLost} />
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
