"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Api } from "~/components/system/api";
import { Button } from "~/components/ui/button";
import { Dialog } from "~/components/ui/dialog";
import { EmptyState } from "~/components/ui/empty-state";
import { Notice } from "~/components/ui/notice";
import { Section } from "~/components/ui/section";
import { HeadCell, Table, TableBody, TableHead } from "~/components/ui/table";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { PasskeyRow } from "./passkey-row";
import { PasskeySetUp } from "./passkey-set-up";

/** One's own passkeys: added, renamed, removed. */
export function PasskeySection({
  state,
  onAdded,
}: {
  state: Api["secondFactor"]["state"];
  onAdded: () => Promise<void>;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [adding, setAdding] = useState(false);
  const { passkeys, passkeysPossible, totpAddedAt } = state;
  async function added() {
    setAdding(false);
    toast.done("The passkey is added", "It is a second factor, and signs you in without a password.");
    await Promise.all([queryClient.invalidateQueries(trpc.secondFactor.pathFilter()), onAdded()]);
  }
  return (
    <Section
      title="Passkeys"
      note="Your phone, your laptop or a security key checks that it is you and signs. Nobody can read one off you, and no false page can use it."
      action={
        passkeysPossible ? (
          <Dialog
            trigger={<Button variant="primary">Add a passkey</Button>}
            title="Add a passkey"
            description="Your browser asks where it should live and checks that it is you."
            open={adding}
            onOpenChange={setAdding}
          >
            <PasskeySetUp onDone={added} />
          </Dialog>
        ) : null
      }
    >
      {passkeysPossible ? null : (
        <Notice tone="info" title="Passkeys do not work under this address">
          Browsers want a host name and https. Set APP_URL of the server to the name by which people reach it.
        </Notice>
      )}
      {passkeys.length > 0 ? (
        <Table label="Your passkeys">
          <TableHead>
            <HeadCell>Name</HeadCell>
            <HeadCell from="sm">Last used</HeadCell>
            <HeadCell from="md">Added</HeadCell>
            <HeadCell from="md">Kept</HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </TableHead>
          <TableBody>
            {passkeys.map((passkey) => (
              <PasskeyRow
                key={passkey.id}
                passkey={passkey}
                lastOne={totpAddedAt === null && passkeys.length === 1}
              />
            ))}
          </TableBody>
        </Table>
      ) : passkeysPossible ? (
        <EmptyState title="No passkey yet.">Add one, then sign in without typing a password.</EmptyState>
      ) : null}
    </Section>
  );
}
