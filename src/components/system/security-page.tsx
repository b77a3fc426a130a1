"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { FlaskConical, Mail } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { Notice } from "~/components/ui/notice";
import { useNow } from "~/components/ui/now";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import { ForcedCommand } from "./forced-command";
import { LayerList } from "./layer-list";
import { MayAdminister } from "./may";
import { NotYours } from "./not-yours";
import { ServerFacts } from "./server-facts";

/** The worker measures every 30 seconds; this long without a word and it is said to be silent. */
const SILENT_MS = 120_000;

export function SecurityPage() {
  return (
    <MayAdminister
      otherwise={<NotYours title="Security" needs="Only admins see what protects this server." />}
    >
      <Security />
    </MayAdminister>
  );
}

/** Every layer of the promise with its state here: what needs somebody first, then what is on, then the exact line that holds each client. */
function Security() {
  const trpc = useTRPC();
  const { data: status } = useSuspenseQuery(trpc.system.status.queryOptions());
  const { data: security } = useSuspenseQuery(trpc.security.get.queryOptions());
  const lacking = security.layers.filter(({ state }) => state !== "on");
  // What does not protect at all before what does in part.
  const needsYou = [
    ...lacking.filter(({ state }) => state === "off"),
    ...lacking.filter(({ state }) => state === "weak"),
  ];
  return (
    <>
      <PageHeader
        title="Security"
        state={<span className="text-base text-ink">{security.headline}</span>}
        actions={
          <>
            <ButtonLink href="/security/attack-lab">
              <FlaskConical aria-hidden />
              Attack lab
            </ButtonLink>
            <ButtonLink href="/security/report">
              <Mail aria-hidden />
              Report a vulnerability
            </ButtonLink>
          </>
        }
      />
      <WorkerNotice seenAt={status.workerSeenAt} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <div className="grid min-w-0 gap-6">
          {needsYou.length > 0 ? (
            <Section title="Needs you">
              <LayerList layers={needsYou} />
            </Section>
          ) : null}
          <Section title="On">
            <LayerList layers={security.layers.filter(({ state }) => state === "on")} />
          </Section>
        </div>
        <div className="grid min-w-0 gap-6">
          <ForcedCommand forcedCommand={status.forcedCommand} />
          <ServerFacts status={status} />
        </div>
      </div>
    </>
  );
}

function WorkerNotice({ seenAt }: { seenAt: Date | null }) {
  const { now } = useNow();
  if (!seenAt || now.getTime() - seenAt.getTime() < SILENT_MS) return null;
  return (
    <Notice tone="warn" title="The worker is silent">
      It last reported <RelativeTime at={seenAt} />; what stands here may no longer be true. Look at the
      server's log.
    </Notice>
  );
}
