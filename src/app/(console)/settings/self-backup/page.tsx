import type { Metadata } from "next";
import { SelfBackupPage } from "~/components/settings/self-backup-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Self-backup" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Self-backup" needs="Backups of this server are for admins to see." />;
  prefetch(trpc.selfBackups.list.queryOptions());
  return (
    <HydrateClient>
      <SelfBackupPage />
    </HydrateClient>
  );
}
