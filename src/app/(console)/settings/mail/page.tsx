import type { Metadata } from "next";
import { MailPage } from "~/components/mail/mail-page";
import { HydrateClient, prefetch, trpc } from "~/trpc/server";

export const metadata: Metadata = { title: "Mail" };

export default function Page() {
  prefetch(trpc.mailSettings.get.queryOptions());
  return (
    <HydrateClient>
      <MailPage />
    </HydrateClient>
  );
}
