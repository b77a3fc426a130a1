import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { resolutionWords } from "./resolution-words";
import type { IncidentDetail } from "./vault-api";

/** How an incident ended: who decided what, when and why, and what that did. */
export function IncidentResolved({ incident }: { incident: IncidentDetail }) {
  const rolledBack = incident.resolution === "rolled-back";
  return (
    <Section title="What was decided" boxed>
      <KeyValue
        items={[
          ["Decision", rolledBack ? "Rolled back to the last clean state" : "Accepted as it was"],
          ["By", incident.resolvedByName ?? "the server"],
          [
            "When",
            <span key="when">
              <ExactTime at={incident.resolvedAt} />{" "}
              <RelativeTime at={incident.resolvedAt} className="text-ink-soft" />
            </span>,
          ],
          ...(incident.reason ? [["Reason", <q key="reason">{incident.reason}</q>] as const] : []),
          [
            "Outcome",
            <ul key="outcome" className="grid gap-0.5">
              {resolutionWords(incident).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>,
          ],
          ...(incident.rollBackJobId
            ? [
                [
                  "Job",
                  <TextLink key="job" href={`/jobs/${incident.rollBackJobId}`}>
                    The job with its log
                  </TextLink>,
                ] as const,
              ]
            : []),
        ]}
      />
    </Section>
  );
}
