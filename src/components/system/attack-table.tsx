import { Bell, CircleX, ShieldCheck } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Bytes } from "~/components/ui/bytes";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import type { AttackOutcome } from "~/domain/attack-lab";
import { archivesLost, LAYER_WORDS } from "~/domain/attack-lab-words";
import { formatCount } from "~/domain/quantity";

/** The attacks by family; those that were not contained stand first. */
export function AttackTable({ attacks }: { attacks: readonly AttackOutcome[] }) {
  const ordered = [...attacks].sort((a, b) => Number(a.layer !== null) - Number(b.layer !== null));
  return (
    <Table label="Attacks">
      <TableHead>
        <HeadCell>Attack</HeadCell>
        <HeadCell>Contained</HeadCell>
        <HeadCell from="md" number>
          Plain borg
        </HeadCell>
        <HeadCell from="sm" number>
          Here
        </HeadCell>
        <HeadCell number>Lost here</HeadCell>
        <HeadCell from="lg">Alarm</HeadCell>
      </TableHead>
      <TableBody>
        {ordered.map((attack) => (
          <AttackRow key={attack.id} attack={attack} />
        ))}
      </TableBody>
    </Table>
  );
}

function AttackRow({ attack }: { attack: AttackOutcome }) {
  const { stock, ours } = attack;
  const lost = archivesLost(ours) > 0 || ours.bytesLost > 0;
  return (
    <Row>
      <Cell>
        <span className="block">{attack.title}</span>
        <span className="block text-[0.8125rem] text-ink-soft">
          {attack.family}
          {attack.granted ? `; the attacker still gains: ${attack.granted}` : ""}
        </span>
      </Cell>
      <Cell className="sm:whitespace-nowrap">
        {attack.layer === null ? (
          <Badge tone="fail">
            <CircleX aria-hidden />
            Not contained
          </Badge>
        ) : (
          <span className="inline-flex items-start gap-1.5" title={LAYER_WORDS[attack.layer].say}>
            <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
            {LAYER_WORDS[attack.layer].name}
          </span>
        )}
      </Cell>
      <Cell from="md" number>
        {stock ? (
          <span className={archivesLost(stock) > 0 ? "text-fail" : undefined}>
            {formatCount(stock.archivesBefore)} → {formatCount(stock.archivesAfter)}
          </span>
        ) : (
          <span className="text-ink-soft">-</span>
        )}
      </Cell>
      <Cell from="sm" number>
        {formatCount(ours.archivesBefore)} → {formatCount(ours.archivesAfter)}
      </Cell>
      <Cell number className={lost ? "font-medium text-fail" : undefined}>
        <Bytes value={ours.bytesLost} />
      </Cell>
      <Cell from="lg" className="whitespace-nowrap">
        {attack.alarm ? (
          <span className="inline-flex items-center gap-1.5">
            <Bell aria-hidden className="size-4 text-warn" />
            raised
          </span>
        ) : (
          <span className="text-ink-soft">not needed</span>
        )}
      </Cell>
    </Row>
  );
}
