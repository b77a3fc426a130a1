"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Api } from "~/components/system/api";
import { Button } from "~/components/ui/button";
import { RelativeTime } from "~/components/ui/relative-time";
import { RenameDialog } from "~/components/ui/rename-dialog";
import { Cell, Row } from "~/components/ui/table";
import { useTRPC } from "~/trpc/react";
import { useConfirmFirst } from "./confirm-first";
import { RemoveFactor } from "./remove-factor";

type Passkey = Api["secondFactor"]["state"]["passkeys"][number];

/** One passkey with its two actions. */
export function PasskeyRow({ passkey, lastOne }: { passkey: Passkey; lastOne: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { run } = useConfirmFirst();
  const remove = useMutation(trpc.secondFactor.removePasskey.mutationOptions());
  return (
    <Row>
      <Cell className="max-w-48 truncate font-medium">{passkey.name}</Cell>
      <Cell from="sm">
        <RelativeTime at={passkey.lastUsedAt} />
      </Cell>
      <Cell from="md">
        <RelativeTime at={passkey.createdAt} />
      </Cell>
      <Cell from="md">{passkey.backedUp ? "synced between devices" : "on one device"}</Cell>
      <Cell>
        <div className="flex justify-end gap-2">
          <RenamePasskey passkey={passkey} />
          <RemoveFactor
            label="Remove"
            title={`Remove the passkey ${passkey.name}?`}
            lastOne={lastOne}
            remove={() => run(() => remove.mutateAsync({ id: passkey.id }))}
            onRemoved={() => queryClient.invalidateQueries(trpc.secondFactor.pathFilter())}
          />
        </div>
      </Cell>
    </Row>
  );
}

function RenamePasskey({ passkey }: { passkey: Passkey }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(trpc.secondFactor.renamePasskey.mutationOptions());
  return (
    <RenameDialog
      trigger={<Button size="small">Rename</Button>}
      name={passkey.name}
      maxLength={80}
      rename={async (name) => {
        await rename.mutateAsync({ id: passkey.id, name });
        await queryClient.invalidateQueries(trpc.secondFactor.pathFilter());
      }}
    />
  );
}
