import type { Metadata } from "next";
import { MailPage } from "~/components/mail/mail-page";
import { NotYours } from "~/components/system/not-yours";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";
import { whoMay } from "../../who-may";

export const metadata: Metadata = { title: "Mail" };

export default async function Page() {
  if (!(await whoMay()).administer)
    return <NotYours title="Mail" needs="Settings of this server are for admins to change." />;
  prefetch(trpc.mailSettings.get.queryOptions());
  return (
    <HydrateClient>
      <MailPage />
    </HydrateClient>
  );
}
