"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { KeyValue } from "~/components/ui/key-value";
import { Notice } from "~/components/ui/notice";
import { PageHeader } from "~/components/ui/page-header";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import type { AttackLabRun } from "~/domain/attack-lab";
import { attackLabSentence } from "~/domain/attack-lab-words";
import { formatDuration } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { AttackTable } from "./attack-table";
import { LayersOff } from "./layers-off";

/** What happened when a hostile client attacked this build: every attack, what stopped it, what was lost. */
export function AttackLabPage() {
  const trpc = useTRPC();
  const { data: run, error, isPending, refetch } = useQuery(trpc.system.attackLab.queryOptions());
  return (
    <>
      <PageHeader
        crumbs={[{ label: "Security", href: "/security" }]}
        title="Attack lab"
        state={
          run ? (
            <span className="text-base text-ink">
              <strong className="font-semibold">{attackLabSentence(run)}</strong>,{" "}
              <RelativeTime at={new Date(run.at)} />.
            </span>
          ) : (
            "A hostile client with the key, the passphrase and any borg, let loose on a server of this build."
          )
        }
      />
      {isPending ? <SkeletonRows rows={8} /> : null}
      {error && run === undefined ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {run === null ? <NeverRun /> : null}
      {run ? <Run run={run} /> : null}
    </>
  );
}

function NeverRun() {
  return (
    <EmptyState
      icon={FlaskConical}
      title="The lab has not been run on this server."
      line="npm run attack-lab"
    >
      It takes less than five minutes, starts a server of its own beside this one, and touches none of your
      data. Each attack is shown to succeed against plain borg first, then tried here. The result stands on
      this page.
    </EmptyState>
  );
}

function Run({ run }: { run: AttackLabRun }) {
  const escaped = run.attacks.filter((attack) => attack.layer === null).length;
  return (
    <>
      {escaped > 0 ? (
        <Notice
          tone="fail"
          title={`${escaped} ${escaped === 1 ? "attack was" : "attacks were"} not contained`}
        >
          They stand first below. Do not rely on this build until that is mended.
        </Notice>
      ) : null}
      <Section
        title="Every attack"
        note="Archives as before → after. Plain borg is append-only borg serve without this server."
      >
        <AttackTable attacks={run.attacks} />
      </Section>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <LayersOff layers={run.layersOff} />
        <Section title="The run" boxed>
          <KeyValue
            items={[
              ["When", <RelativeTime key="at" at={new Date(run.at)} />],
              ["Took", formatDuration(run.seconds)],
              ["Hostile borg", run.borgVersions.join(", ") || "not told"],
              [
                "Again",
                <code key="again" className="font-mono">
                  npm run attack-lab
                </code>,
              ],
            ]}
          />
        </Section>
      </div>
    </>
  );
}
