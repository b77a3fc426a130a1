"use client";

import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useEffect } from "react";
import { Badge } from "~/components/ui/badge";
import { ButtonLink } from "~/components/ui/button-link";
import { EmptyState } from "~/components/ui/empty-state";
import { ErrorState } from "~/components/ui/error-state";
import { useLate } from "~/components/ui/late";
import { RelativeTime } from "~/components/ui/relative-time";
import { Section } from "~/components/ui/section";
import { SkeletonRows } from "~/components/ui/skeleton";
import { Cell, HeadCell, Row, Table, TableBody, TableHead } from "~/components/ui/table";
import { TextLink } from "~/components/ui/text-link";
import { PLAN_PARTS, type PlanSettings, partsOf } from "~/domain/plan-parts";
import { listWords } from "~/domain/plan-words";
import { useTRPC } from "~/trpc/react";
import type { Api } from "../system/api";
import { MayAdminister } from "../system/may";
import type { OfferedTemplate } from "./offered-templates";
import { RemoveProfile } from "./remove-profile";

type Profile = Api["planProfiles"]["list"][number];

const loadTemplates = () => import("./offered-templates");

/** Templates that begin plans, and profiles that many plans share. */
export function ProfilesPage() {
  const trpc = useTRPC();
  const list = useQuery(trpc.planProfiles.list.queryOptions({}));
  const { part, want } = useLate(loadTemplates);
  useEffect(want, [want]);
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  if (!list.data || !part) return <SkeletonRows />;
  return (
    <>
      <Profiles profiles={list.data.filter(({ kind }) => kind === "profile")} />
      <Templates templates={part.offeredTemplates(list.data)} />
    </>
  );
}

function Profiles({ profiles }: { profiles: readonly Profile[] }) {
  return (
    <Section
      title="Profiles"
      note="Settings that many plans share. What one changes is shown plan by plan before anything is changed."
      action={
        <MayAdminister>
          <ButtonLink size="small" href="/plans/profiles/new?kind=profile">
            Make a profile
          </ButtonLink>
        </MayAdminister>
      }
    >
      {profiles.length === 0 ? (
        <EmptyState icon={Layers} title="There is no profile yet.">
          A profile sets, for example, how long archives are kept and when backups run, for as many plans as
          you choose.
        </EmptyState>
      ) : (
        <Table label="Profiles">
          <TableHead>
            <HeadCell>Profile</HeadCell>
            <HeadCell from="md">Sets</HeadCell>
            <HeadCell number>Plans</HeadCell>
            <HeadCell from="sm">Changed</HeadCell>
            <HeadCell from="sm">
              <span className="sr-only">Actions</span>
            </HeadCell>
          </TableHead>
          <TableBody>
            {profiles.map((profile) => (
              <Row key={profile.id}>
                <Cell>
                  <TextLink row href={`/plans/profiles/${profile.id}`}>
                    {profile.name}
                  </TextLink>
                </Cell>
                <Cell from="md">{setWords(profile.settings)}</Cell>
                <Cell number>{profile.planCount}</Cell>
                <Cell from="sm" className="whitespace-nowrap">
                  <RelativeTime at={profile.updatedAt} />
                </Cell>
                <Cell from="sm" number>
                  <ButtonLink size="small" href={`/plans/profiles/${profile.id}`}>
                    Apply
                  </ButtonLink>
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}

function Templates({ templates }: { templates: readonly OfferedTemplate[] }) {
  return (
    <Section
      title="Templates"
      note="What a new plan can begin with. Changing one changes no plan that was made from it."
      action={
        <MayAdminister>
          <ButtonLink size="small" href="/plans/profiles/new?kind=template">
            Make a template
          </ButtonLink>
        </MayAdminister>
      }
    >
      <Table label="Templates">
        <TableHead>
          <HeadCell>Template</HeadCell>
          <HeadCell from="md">Sets</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </TableHead>
        <TableBody>
          {templates.map((template) => (
            <Row key={template.key}>
              <Cell>
                <TextLink row href={`/plans/new?template=${template.key}`}>
                  {template.name}
                </TextLink>{" "}
                {template.row ? null : <Badge>built in</Badge>}
                <span className="block text-[0.8125rem] text-ink-soft">
                  {template.row ? null : template.hint}
                </span>
              </Cell>
              <Cell from="md">{setWords(template.settings)}</Cell>
              <Cell number>
                <div className="flex flex-wrap justify-end gap-2">
                  <ButtonLink size="small" href={`/plans/new?template=${template.key}`}>
                    Make a plan
                  </ButtonLink>
                  <MayAdminister>
                    <ButtonLink
                      size="small"
                      aria-label={`Change the template ${template.name}`}
                      href={
                        template.row
                          ? `/plans/profiles/${template.row.id}/edit`
                          : `/plans/profiles/new?kind=template&from=${template.key}`
                      }
                    >
                      Change
                    </ButtonLink>
                    {template.row ? <RemoveProfile profile={template.row} size="small" /> : null}
                  </MayAdminister>
                </div>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function setWords(settings: PlanSettings): string {
  return listWords(
    partsOf(settings).map((part) => PLAN_PARTS[part].label.toLowerCase()),
    6,
  );
}
