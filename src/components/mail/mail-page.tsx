"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { MailForm } from "./mail-form";
import { TestMail } from "./test-mail";

/** How mail leaves this server, and whether it does. */
export function MailPage() {
  const trpc = useTRPC();
  const { data: settings } = useSuspenseQuery(trpc.mailSettings.get.queryOptions());
  const isSet = settings.host !== "";
  return (
    <>
      <PageHeader
        title="Mail"
        state={
          isSet
            ? `Mail leaves by ${settings.host}, port ${settings.port}.`
            : "No mail leaves this server: invitations are links you hand over, and nobody can ask for a new password."
        }
      />
      <MailForm key={JSON.stringify(settings)} settings={settings} />
      {isSet ? <TestMail /> : null}
    </>
  );
}
