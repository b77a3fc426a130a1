import { Server } from "lucide-react";
import { EmptyState } from "~/components/ui/empty-state";
import { Section } from "~/components/ui/section";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";
import type { Api } from "../system/api";

/** How many machines run which agent with which borg. */
export function VersionMatrix({ versions }: { versions: Api["updates"]["versions"] }) {
  const agents = distinct(versions.map(({ agent }) => agent)).reverse();
  const borgs = distinct(versions.map(({ borg }) => borg ?? ""));
  const countOf = (agent: string, borg: string) =>
    versions.find((one) => one.agent === agent && (one.borg ?? "") === borg)?.clients ?? 0;
  return (
    <Section title="What runs on the machines" note="As each said last.">
      {versions.length === 0 ? (
        <EmptyState icon={Server} title="No machine is enrolled yet">
          Its versions stand here once it is.
        </EmptyState>
      ) : (
        <Table label="Machines by the versions of agent and borg">
          <TableHead>
            <HeadCell>Agent</HeadCell>
            {borgs.map((borg) => (
              <HeadCell key={borg} number>
                {borg === "" ? "no borg" : `borg ${borg}`}
              </HeadCell>
            ))}
          </TableHead>
          <TableBody>
            {agents.map((agent) => (
              <Row key={agent}>
                <Cell className="font-medium">{agent}</Cell>
                {borgs.map((borg) => (
                  <Cell key={borg} number className={countOf(agent, borg) === 0 ? "text-ink-soft" : ""}>
                    {formatCount(countOf(agent, borg))}
                  </Cell>
                ))}
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}

/** Each once, lower versions first. */
function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
