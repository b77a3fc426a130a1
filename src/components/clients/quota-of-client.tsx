"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bytes } from "~/components/ui/bytes";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import { QuotaBar } from "../repositories/quota-bar";
import { QuotasDialog } from "../repositories/quotas-dialog";
import type { ClientDetail } from "../system/api";
import { May } from "../system/may";

/** What all repositories of this client may hold together, and what they do. */
export function QuotaOfClient({ client }: { client: ClientDetail }) {
  const { sizeBytes, quotaBytes, softQuotaBytes } = client;
  const isUsed = quotaBytes !== null && (sizeBytes ?? 0) >= quotaBytes;
  return (
    <Section
      title="Quota"
      action={
        <May action="manage-clients" client={client.id}>
          <EditClientQuotas client={client} />
        </May>
      }
      boxed
    >
      <div className="grid gap-2">
        {quotaBytes === null ? (
          <p className="text-ink-soft">
            None. Its repositories hold <Bytes value={sizeBytes} absent="nothing yet" /> together.
          </p>
        ) : (
          <>
            <p>
              <Bytes value={sizeBytes ?? 0} /> in all its repositories
            </p>
            <QuotaBar sizeBytes={sizeBytes} quotaBytes={quotaBytes} />
          </>
        )}
        {isUsed ? (
          <p className="text-warn">
            No backup is let in until its repositories hold less, or the quota is raised. Restores go on.
          </p>
        ) : null}
        {softQuotaBytes === null ? null : (
          <p className="text-[0.8125rem] text-ink-soft">
            Alert above <Bytes value={softQuotaBytes} />
          </p>
        )}
      </div>
    </Section>
  );
}

function EditClientQuotas({ client }: { client: ClientDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const save = useMutation(
    trpc.clients.setQuotas.mutationOptions({
      onSuccess: async ({ jobId }) => {
        toast.done(
          "The quotas are changed",
          jobId ? "The storage node holds the hard one from the next backup on." : undefined,
        );
        await queryClient.invalidateQueries(trpc.clients.pathFilter());
      },
    }),
  );
  return (
    <QuotasDialog
      quotas={client}
      hardHint="Over all its repositories. Beyond it no backup of this machine is let in, and its backups run one after the other."
      softHint="Over all its repositories. Beyond it an alert is raised; nothing is refused."
      save={{ ...save, mutateAsync: (quotas) => save.mutateAsync({ id: client.id, ...quotas }) }}
    />
  );
}
