"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ButtonLink } from "~/components/ui/button-link";
import { KeyValue } from "~/components/ui/key-value";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import type { DeliveryEvent } from "~/domain/alert";
import { ALERT_KIND_WORDS } from "~/domain/alert-words";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { May } from "../system/may";
import { AcknowledgeButton } from "./acknowledge";
import { SeverityBadge } from "./alert-badges";
import { AlertStanding } from "./alert-table";
import { isNew } from "./is-new";

type Alert = Api["alerts"]["get"];

/** One alert: what is wrong, where to look, and whom it was told. */
export function AlertView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data: alert } = useSuspenseQuery(trpc.alerts.get.queryOptions({ id }));
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Alerts", href: "/alerts" }]}
        title={alert.title}
        badge={<SeverityBadge severity={alert.severity} />}
        state={<AlertStanding alert={alert} />}
        actions={
          <>
            {isNew(alert) ? (
              <May action="backup">
                <AcknowledgeButton id={alert.id} />
              </May>
            ) : null}
            <ThePlace alert={alert} />
          </>
        }
      />
      <Section title="What is wrong" boxed>
        <p className="max-w-prose text-pretty break-words">{alert.say}</p>
      </Section>
      <Section title="Facts" boxed>
        <KeyValue items={factsOf(alert)} />
      </Section>
      <Section title="Told" boxed>
        {alert.told.length === 0 ? (
          <p className="text-ink-soft">
            It was told to no channel: none is set up, or none asks for alerts like this one.
          </p>
        ) : (
          <ul className="grid gap-1.5">
            {alert.told.map((one) => (
              <li key={one.id}>
                {one.channelName}: {EVENT_WORDS[one.event]}, {STATE_WORDS[one.state]}{" "}
                <RelativeTime at={one.at} />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

/** Where the thing that is wrong can be looked at, the closest place first. */
function ThePlace({ alert }: { alert: Alert }) {
  const { archiveId, incidentId, jobId, planId, repositoryId, clientId } = alert;
  const [href, label] = incidentId
    ? [`/incidents/${incidentId}`, "Review it"]
    : archiveId
      ? [`/archives/${archiveId}/suspicious`, "See what changed"]
      : jobId
        ? [`/jobs/${jobId}`, "Look at the job"]
        : planId
          ? [`/plans/${planId}`, "Look at the plan"]
          : repositoryId
            ? [`/repositories/${repositoryId}`, "Look at the repository"]
            : clientId
              ? [`/clients/${clientId}`, "Look at the client"]
              : alert.kind === "channel-failing"
                ? ["/settings/alerts", "Look at the channels"]
                : alert.kind === "journal-broken"
                  ? ["/journal", "Look at the journal"]
                  : ["/security", "Look at the server"];
  return <ButtonLink href={href}>{label}</ButtonLink>;
}

function factsOf(alert: Alert): (readonly [string, ReactNode])[] {
  const { clientId, clientName, acknowledgedAt, escalatedAt, resolvedAt } = alert;
  const facts: (readonly [string, ReactNode])[] = [["Kind", ALERT_KIND_WORDS[alert.kind]]];
  if (clientId && clientName) {
    const link = <TextLink href={`/clients/${clientId}`}>{clientName}</TextLink>;
    facts.push(["Client", link]);
  }
  facts.push(["Since", <RelativeTime key="since" at={alert.openedAt} />]);
  facts.push(["Found last", <RelativeTime key="seen" at={alert.lastSeenAt} />]);
  if (alert.times > 1) facts.push(["Happened", `${formatCount(alert.times)} times`]);
  if (acknowledgedAt) {
    const by = alert.acknowledgedByName ?? "somebody who is gone";
    const line = (
      <>
        by {by}, <RelativeTime at={acknowledgedAt} />
      </>
    );
    facts.push(["Acknowledged", line]);
  }
  if (escalatedAt) facts.push(["Told once more", <RelativeTime key="escalated" at={escalatedAt} />]);
  if (resolvedAt) facts.push(["Right again", <RelativeTime key="resolved" at={resolvedAt} />]);
  return facts;
}

const EVENT_WORDS: Record<DeliveryEvent, string> = {
  opened: "that it is wrong",
  escalated: "that it is still open",
  resolved: "that it is right again",
  ...{
    test: "a test",
    start: "a start",
    success: "a success",
    fail: "a failure",
    alive: "that the server lives",
  },
};

const STATE_WORDS = {
  waiting: "is sent",
  sent: "sent",
  "given-up": "did not get through, last tried",
} as const;
