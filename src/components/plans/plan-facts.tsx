import { KeyValue } from "~/components/ui/key-value";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { TextLink } from "~/components/ui/text-link";
import { compressionWords } from "~/domain/plan-words";
import { sayKeepRules } from "~/domain/retention-words";
import { sayTiming } from "~/domain/schedule-words";
import { NextRun } from "../schedules/next-run";
import type { Api } from "../system/api";
import { May } from "../system/may";

/** What a plan reads and leaves out, and where it goes. */
export function PlanFacts({ plan }: { plan: Api["plans"]["get"] }) {
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Section title="What" boxed>
        <KeyValue
          items={[
            ["Directories", <PathLines key="sources" paths={plan.sources} />],
            [
              "Left out",
              plan.excludes.length > 0 ? (
                <PathLines key="excludes" paths={plan.excludes} />
              ) : (
                "nothing by pattern"
              ),
            ],
            ["Caches", plan.excludeCaches ? "directories marked as caches are left out" : "are read too"],
            [
              "Other file systems",
              plan.oneFileSystem ? "are not entered" : "mounted below these directories are read too",
            ],
            ["Compression", compressionWords(plan.compression)],
          ]}
        />
      </Section>
      <Section title="Where" boxed>
        <KeyValue
          items={[
            [
              "Client",
              <TextLink key="client" href={`/clients/${plan.clientId}`}>
                {plan.clientName}
              </TextLink>,
            ],
            [
              "Repository",
              <TextLink key="repository" href={`/repositories/${plan.repositoryId}`}>
                {plan.repositoryName}
              </TextLink>,
            ],
            ["Runs", plan.schedule ? sayTiming(plan.schedule.schedule) : "when somebody presses Back up now"],
            ["Next run", <NextRun key="next" plan={plan} />],
            ["Kept", sayKeepRules(plan.keep)],
            ["Last archive", <RelativeTime key="archive" at={plan.lastArchiveAt} absent="none yet" />],
            [
              "Archives",
              <TextLink key="archives" href={`/archives?planId=${plan.id}`}>
                All archives of this plan
              </TextLink>,
            ],
            ...(plan.profile
              ? [["Profile", <ProfileName key="profile" profile={plan.profile} />] as const]
              : []),
            ["Changed", <RelativeTime key="changed" at={plan.updatedAt} />],
          ]}
        />
      </Section>
    </div>
  );
}

/** Only whoever may change plans can open it. */
function ProfileName({ profile }: { profile: { id: string; name: string } }) {
  return (
    <May action="manage-plans" otherwise={profile.name}>
      <TextLink href={`/plans/profiles/${profile.id}`}>{profile.name}</TextLink>
    </May>
  );
}

function PathLines({ paths }: { paths: readonly string[] }) {
  return (
    <ul className="grid">
      {paths.map((path) => (
        <li key={path}>
          <code className="break-all font-mono text-[0.8125rem]">{path}</code>
        </li>
      ))}
    </ul>
  );
}
