import { Checkbox } from "~/components/ui/checkbox";
import { RelativeTime } from "~/components/ui/relative-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { ALERT_KIND_WORDS } from "~/domain/alert-words";
import type { Api } from "../system/api";
import { SeverityBadge } from "./alert-badges";
import { isNew } from "./is-new";

export type AlertRow = Api["alerts"]["list"]["items"][number];

/** Alerts as rows. `selection` null: this person acknowledges nothing. */
export function AlertTable({
  alerts,
  selection,
}: {
  alerts: readonly AlertRow[];
  selection: { has(id: string): boolean; set(ids: readonly string[], on: boolean): void } | null;
}) {
  const open = alerts.filter(isNew).map((alert) => alert.id);
  const ticked = selection ? open.filter((id) => selection.has(id)).length : 0;
  return (
    <Table label="Alerts">
      <TableHead>
        {selection ? (
          <HeadCell className="w-px">
            <Checkbox
              aria-label="Select all that are not acknowledged"
              checked={open.length > 0 && ticked === open.length}
              indeterminate={ticked > 0 && ticked < open.length}
              disabled={open.length === 0}
              onCheckedChange={(on) => selection.set(open, on)}
            />
          </HeadCell>
        ) : null}
        <HeadCell>Severity</HeadCell>
        <HeadCell>What is wrong</HeadCell>
        <HeadCell from="md">Client</HeadCell>
        <HeadCell from="lg">Kind</HeadCell>
        <HeadCell from="sm">Since</HeadCell>
        <HeadCell from="md">State</HeadCell>
      </TableHead>
      <TableBody>
        {alerts.map((alert) => (
          <Row key={alert.id}>
            {selection ? (
              <Cell className="w-px">
                {isNew(alert) ? (
                  <Checkbox
                    aria-label={`Select ${alert.title}`}
                    checked={selection.has(alert.id)}
                    onCheckedChange={(on) => selection.set([alert.id], on)}
                  />
                ) : null}
              </Cell>
            ) : null}
            <Cell className="w-px whitespace-nowrap">
              <SeverityBadge severity={alert.severity} />
            </Cell>
            <Cell>
              <div className="grid gap-0.5">
                <TextLink row href={`/alerts/${alert.id}`}>
                  {alert.title}
                </TextLink>
                <span className="line-clamp-2 text-[0.8125rem] text-ink-soft">{alert.say}</span>
                <span className="text-[0.8125rem] text-ink-soft sm:hidden">
                  <RelativeTime at={alert.openedAt} />
                </span>
                <span className="text-[0.8125rem] text-ink-soft md:hidden">
                  <AlertStanding alert={alert} />
                </span>
              </div>
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              {alert.clientId && alert.clientName ? (
                <TextLink href={`/clients/${alert.clientId}`} className="text-ink">
                  {alert.clientName}
                </TextLink>
              ) : (
                <span className="text-ink-soft">the server</span>
              )}
            </Cell>
            <Cell from="lg" className="whitespace-nowrap">
              {ALERT_KIND_WORDS[alert.kind]}
            </Cell>
            <Cell from="sm" className="whitespace-nowrap">
              <RelativeTime at={alert.openedAt} />
            </Cell>
            <Cell from="md" className="whitespace-nowrap">
              <AlertStanding alert={alert} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** What became of it, in a few words. */
export function AlertStanding({
  alert,
}: {
  alert: Pick<AlertRow, "resolvedAt" | "acknowledgedAt" | "acknowledgedByName" | "escalatedAt">;
}) {
  if (alert.resolvedAt) {
    return (
      <>
        Right again <RelativeTime at={alert.resolvedAt} />
      </>
    );
  }
  if (alert.acknowledgedAt) return <>Acknowledged by {alert.acknowledgedByName ?? "somebody who is gone"}</>;
  return <>{alert.escalatedAt ? "Open, told twice" : "Open"}</>;
}
