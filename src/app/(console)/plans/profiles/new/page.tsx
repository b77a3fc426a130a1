import type { Metadata } from "next";
import { NewProfile } from "~/components/plans/new-profile";
import { NotYours } from "~/components/system/not-yours";
import { PageHeader } from "~/components/ui/page-header";
import { HydrateClient } from "~/trpc/server";
import { whoMay } from "../../../who-may";

export const metadata: Metadata = { title: "Make a template or profile" };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const { kind, from } = await searchParams;
  const isTemplate = kind === "template";
  const title = isTemplate ? "Make a template" : "Make a profile";
  if (!(await whoMay()).administer)
    return <NotYours title={title} needs="Templates and profiles are made by admins." />;
  return (
    <HydrateClient>
      <PageHeader
        crumbs={[
          { label: "Plans", href: "/plans" },
          { label: "Templates and profiles", href: "/plans/profiles" },
        ]}
        title={title}
        state={
          isTemplate
            ? "What a new plan can begin with. One with the name of a built-in template takes its place."
            : "Settings for many plans. You choose the plans after saving, and see first what would change."
        }
      />
      <NewProfile kind={isTemplate ? "template" : "profile"} from={typeof from === "string" ? from : null} />
    </HydrateClient>
  );
}
