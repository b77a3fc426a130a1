"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { DigestSection } from "~/components/alerts/digest-section";
import { PushSection } from "~/components/alerts/push-section";
import { ButtonLink } from "~/components/ui/button-link";
import { PageHeader } from "~/components/ui/page-header";
import { useTRPC } from "~/trpc/react";
import { AccountName } from "./account-name";
import { AccountPassword } from "./account-password";
import { AccountSessions } from "./account-sessions";

/** What is one's own: name, password, and where one is signed in. */
export function AccountPage() {
  const trpc = useTRPC();
  const { data: account } = useSuspenseQuery(trpc.account.get.queryOptions());
  return (
    <>
      <PageHeader
        title="Your account"
        state={`You sign in as ${account.email}${account.role === "admin" ? ", an admin" : ""}. Another address or role is an admin's to give.`}
        actions={<ButtonLink href="/account/security">Second factor and passkeys</ButtonLink>}
      />
      <AccountName account={account} />
      <AccountPassword account={account} />
      <PushSection />
      <DigestSection />
      <AccountSessions />
    </>
  );
}
