"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { RenameDialog } from "~/components/ui/rename-dialog";
import { useTRPC } from "~/trpc/react";

/** Gives a client another name. */
export function RenameClient({ client }: { client: { id: string; name: string } }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(trpc.clients.rename.mutationOptions());
  return (
    <RenameDialog
      trigger={<Button>Rename</Button>}
      name={client.name}
      maxLength={100}
      rename={async (name) => {
        await rename.mutateAsync({ id: client.id, name });
        await queryClient.invalidateQueries(trpc.clients.pathFilter());
      }}
    />
  );
}
