import type { Metadata } from "next";
import { NotYours } from "~/components/system/not-yours";
import { SecurityPage } from "~/components/system/security-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../who-may";

export const metadata: Metadata = { title: "Security" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Security" needs="What protects this server is for admins to see." />;
  prefetch(trpc.system.status.queryOptions());
  prefetch(trpc.security.get.queryOptions());
  return (
    <HydrateClient>
      <SecurityPage />
    </HydrateClient>
  );
}
