import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import type { PersonDetail } from "./people-api";
import { SecondFactorBadge } from "./person-badges";
import { ResetSecondFactor } from "./reset-second-factor";

/** How this person gets in. */
export function PersonFacts({ person, isMe }: { person: PersonDetail; isMe: boolean }) {
  return (
    <Section title="Account" boxed>
      <KeyValue
        items={[
          ["Role", person.role === "admin" ? "Admin" : "User"],
          ["Signs in by", waysIn(person)],
          [
            "Second factor",
            <span key="factor" className="flex flex-wrap items-center gap-2">
              <SecondFactorBadge has={person.hasSecondFactor} />
              {person.hasSecondFactor && !isMe ? <ResetSecondFactor person={person} /> : null}
            </span>,
          ],
          ["API tokens", person.tokenCount === 0 ? "none" : `${person.tokenCount} in use`],
          ["Last seen", <RelativeTime key="seen" at={person.lastSeenAt} />],
          ["Here since", <RelativeTime key="since" at={person.createdAt} />],
          ...(person.disabledAt
            ? ([["Disabled", <RelativeTime key="disabled" at={person.disabledAt} />]] as const)
            : []),
        ]}
      />
    </Section>
  );
}

function waysIn(person: PersonDetail): string {
  const ways = [...(person.hasPassword ? ["password"] : []), ...person.issuers.map(hostOf)];
  return ways.length > 0 ? ways.join(", ") : "passkey only";
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}
