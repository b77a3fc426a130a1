import type { Metadata } from "next";
import { AttackLabPage } from "~/components/system/attack-lab-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Attack lab" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Attack lab" needs="What protects this server is for admins to see." />;
  prefetch(trpc.system.attackLab.queryOptions());
  return (
    <HydrateClient>
      <AttackLabPage />
    </HydrateClient>
  );
}
