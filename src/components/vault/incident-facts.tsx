import { ExactTime } from "~/components/ui/exact-time";
import { KeyValue } from "~/components/ui/key-value";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { formatCount } from "~/domain/quantity";
import type { IncidentDetail } from "./vault-api";

/** Whose it is, when it was found, and the state that is known to be good. */
export function IncidentFacts({ incident }: { incident: IncidentDetail }) {
  return (
    <Section title="Facts" boxed>
      <KeyValue
        items={[
          ["Found", <ExactTime key="found" at={incident.openedAt} />],
          [
            "Last clean state",
            incident.lastCleanAt ? (
              <span key="clean">
                <ExactTime at={incident.lastCleanAt} />,{" "}
                {`${formatCount(incident.lastCleanArchives)} ${incident.lastCleanArchives === 1 ? "archive" : "archives"}`}
              </span>
            ) : (
              "none: it was never sealed before"
            ),
          ],
          [
            "Client",
            <TextLink key="client" href={`/clients/${incident.clientId}`}>
              {incident.clientName}
            </TextLink>,
          ],
          [
            "Repository",
            <TextLink key="repository" href={`/repositories/${incident.repositoryId}`}>
              {incident.repositoryName}
            </TextLink>,
          ],
          ["Sessions since", formatCount(incident.sessions.length)],
        ]}
      />
    </Section>
  );
}
