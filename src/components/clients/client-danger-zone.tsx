"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ActionLine } from "~/components/ui/action-line";
import { Button } from "~/components/ui/button";
import { ConfirmByName } from "~/components/ui/confirm-by-name";
import { Section } from "~/components/ui/section";
import { toast } from "~/components/ui/toast";
import { useTRPC } from "~/trpc/react";
import type { ClientDetail } from "../system/api";
import { RenameClient } from "./rename-client";

/** Rename and remove. Removing takes the machine's access away; its repositories and archives stay. */
export function ClientDangerZone({ client }: { client: ClientDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(trpc.clients.remove.mutationOptions());
  async function confirm(typedName: string) {
    await remove.mutateAsync({ id: client.id, typedName });
    toast.done(`${client.name} is being removed`, "Its repositories stay.");
    router.push("/clients");
    await queryClient.invalidateQueries(trpc.clients.list.pathFilter());
  }
  return (
    <Section title="Change or remove">
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        <ActionLine
          title="Name"
          say="How this machine is called here. Its archives keep the names they have."
        >
          <RenameClient client={client} />
        </ActionLine>
        <ActionLine
          title="Remove this client"
          say="It can no longer reach this server. Its repositories and archives stay until someone removes those."
        >
          <ConfirmByName
            trigger={<Button variant="danger">Remove</Button>}
            title={`Remove ${client.name}`}
            name={client.name}
            lost="The machine's access, its account here, its plans and waiting jobs. Running backups are ended. To come back it must be added again."
            kept="Every repository and archive. They can still be opened and restored to other places."
            action="Remove the client"
            confirm={confirm}
          />
        </ActionLine>
      </div>
    </Section>
  );
}
