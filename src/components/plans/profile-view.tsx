"use client";

import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { ButtonLink } from "~/components/ui/button-link";
import { ErrorState } from "~/components/ui/error-state";
import { PageHeader } from "~/components/ui/page-header";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { useTRPC } from "~/trpc/react";
import { MayAdminister } from "../system/may";
import { ApplyProfile } from "./apply-profile";
import { RemoveProfile } from "./remove-profile";
import { SettingsWords } from "./settings-words";

/** One profile: what it sets, and what that would change of each plan, before it does. */
export function ProfileView({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.planProfiles.get.queryOptions({ id }));
  if (query.isPending) return <SkeletonRows />;
  if (!query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const profile = query.data;
  const { kind, name, settings, planCount } = profile;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: "Plans", href: "/plans" },
          { label: "Templates and profiles", href: "/plans/profiles" },
        ]}
        title={name}
        state={
          kind === "template"
            ? "A template: new plans can begin with it."
            : `A profile that ${planCount === 1 ? "one plan has" : `${planCount} plans have`} taken. Changing it changes no plan until it is applied again.`
        }
        actions={
          <>
            {kind === "template" ? (
              <ButtonLink variant="primary" href={`/plans/new?template=${id}`}>
                Make a plan
              </ButtonLink>
            ) : null}
            <MayAdminister>
              <ButtonLink href={`/plans/profiles/${id}/edit`}>
                <Pencil aria-hidden />
                Edit
              </ButtonLink>
              <RemoveProfile profile={profile} />
            </MayAdminister>
          </>
        }
      />
      <Section title="What it sets" boxed>
        <SettingsWords settings={settings} />
      </Section>
      {kind === "profile" ? <ApplyProfile profile={profile} /> : null}
    </>
  );
}
