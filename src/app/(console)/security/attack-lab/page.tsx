import type { Metadata } from "next";
import { AttackLabPage } from "~/components/system/attack-lab-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Attack lab" };

export default function Page() {
  prefetch(trpc.system.attackLab.queryOptions());
  return (
    <HydrateClient>
      <AttackLabPage />
    </HydrateClient>
  );
}
