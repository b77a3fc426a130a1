import { Flag, Minus, Plus } from "lucide-react";
import { Bytes } from "~/components/ui/bytes";
import { ShortTime } from "~/components/ui/short-time";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { formatCount } from "~/domain/quantity";
import type { IncidentDetail, Review } from "./vault-api";

type Transaction = Review["transactions"][number];

/** Each transaction since the last clean state: when, by which session from where, what it added and removed. */
export function IncidentTimeline({ incident }: { incident: IncidentDetail }) {
  const { review } = incident;
  if (!review) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        {incident.resolvedAt
          ? "What the transactions did was not kept."
          : "The transactions could not be read yet. Audit the repository once more from its page."}
      </p>
    );
  }
  if (review.transactions.length === 0) {
    return (
      <p className="rounded-md border bg-panel p-4 text-ink-soft">
        Nothing was committed since. What was found was done to the files themselves, past borg.
      </p>
    );
  }
  return (
    <div className="grid gap-2">
      <Table label="Transactions since the last clean state">
        <TableHead>
          <HeadCell>Committed</HeadCell>
          <HeadCell>Session</HeadCell>
          <HeadCell number from="sm">
            Added
          </HeadCell>
          <HeadCell number title="Objects that were stored before">
            Removed
          </HeadCell>
          <HeadCell number from="sm">
            Bytes
          </HeadCell>
        </TableHead>
        <TableBody>
          {incident.lastCleanAt ? (
            <tr className="border-b bg-ok-wash">
              <td colSpan={5} className="px-3 py-1.5 text-ok">
                <span className="inline-flex items-center gap-2">
                  <Flag aria-hidden className="size-4" />
                  <span>
                    Last clean state, <ShortTime at={incident.lastCleanAt} />
                  </span>
                </span>
              </td>
            </tr>
          ) : null}
          {review.transactions.map((transaction) => (
            <TransactionRow
              key={transaction.transaction}
              transaction={transaction}
              session={incident.sessions.find((one) => one.sequence === transaction.session)}
              clientName={incident.clientName}
            />
          ))}
        </TableBody>
      </Table>
      {review.truncated ? (
        <p className="text-[0.8125rem] text-ink-soft">There are more than are shown; these are the newest.</p>
      ) : null}
    </div>
  );
}

function TransactionRow({
  transaction,
  session,
  clientName,
}: {
  transaction: Transaction;
  session: IncidentDetail["sessions"][number] | undefined;
  clientName: string;
}) {
  const bad = transaction.objectsRemoved > 0;
  return (
    <Row className={bad ? "bg-fail-wash hover:bg-fail-wash" : undefined}>
      <Cell className="whitespace-nowrap">
        <ShortTime at={new Date(transaction.committedAt)} />
        <span className="block text-[0.8125rem] text-ink-soft">no. {transaction.transaction}</span>
      </Cell>
      <Cell>
        {session ? (
          <>
            {clientName}
            <span className="block text-[0.8125rem] text-ink-soft">
              from {session.peerAddress ?? "an unknown address"}, <ShortTime at={session.startedAt} />
            </span>
            <span className="block text-[0.8125rem] text-ink-soft sm:hidden">
              added {formatCount(transaction.objectsAdded)}
            </span>
          </>
        ) : (
          <span className="text-fail">
            no session of ours
            <span className="block text-[0.8125rem]">written past the gate</span>
          </span>
        )}
      </Cell>
      <Cell number from="sm">
        <span className="inline-flex items-center gap-1">
          <Plus aria-hidden className="size-3.5 text-ink-soft" />
          {formatCount(transaction.objectsAdded)}
        </span>
      </Cell>
      <Cell number className={bad ? "font-medium text-fail" : undefined}>
        <span className="inline-flex items-center gap-1">
          <Minus aria-hidden className="size-3.5" />
          {formatCount(transaction.objectsRemoved)}
        </span>
      </Cell>
      <Cell number from="sm">
        <Bytes value={transaction.bytesAdded} />
      </Cell>
    </Row>
  );
}
