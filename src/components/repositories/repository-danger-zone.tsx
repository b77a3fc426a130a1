"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { ActionLine } from "~/components/ui/action-line";
import { Button } from "~/components/ui/button";
import { RenameDialog } from "~/components/ui/rename-dialog";
import { Section } from "~/components/ui/section";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { BreakLock } from "./break-lock";
import { DeleteRepository } from "./delete-repository";
import { MoveRepository } from "./move-repository";
import { RepairRepository } from "./repair-repository";

interface Repository {
  id: string;
  name: string;
  clientId: string;
  state: string;
  heldAt: Date | null;
  coverage: { lastCheck: { ok: boolean } | null } | null;
}

/** A check has found damage. What an audit finds is decided on at its incident. */
const isDamaged = ({ heldAt, coverage }: Repository) => heldAt === null && coverage?.lastCheck?.ok === false;

/** Name, a lock that is left behind, and the end of it all. */
export function RepositoryDangerZone({ repository }: { repository: Repository }) {
  return (
    <Section title="Change or delete">
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        <ActionLine
          title="Name"
          say="How it is called here. Its address and its archives stay, so no client notices."
        >
          <Rename repository={repository} />
        </ActionLine>
        {repository.state === "ready" ? (
          <May action="maintenance" client={repository.clientId}>
            <ActionLine
              title="Lock"
              say="When a borg died in the middle its lock may stay. It is removed only with proof that nobody is in: no open session, no living process."
            >
              <BreakLock repository={repository} />
            </ActionLine>
          </May>
        ) : null}
        {repository.state === "ready" ? <MoveRepository repository={repository} /> : null}
        {isDamaged(repository) ? (
          <ActionLine
            title="Repair"
            say="borg takes out what is damaged, so that the rest can be used. The state before is kept, and the result waits until you accept it."
          >
            <RepairRepository repository={repository} />
          </ActionLine>
        ) : null}
        <ActionLine
          title="Delete this repository"
          say="It leaves the console at once and the disk after a grace period. Until then it can be brought back."
        >
          <DeleteRepository repository={repository} />
        </ActionLine>
      </div>
    </Section>
  );
}

function Rename({ repository }: { repository: Repository }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const rename = useMutation(trpc.repositories.rename.mutationOptions());
  return (
    <RenameDialog
      trigger={<Button>Rename</Button>}
      name={repository.name}
      maxLength={100}
      rename={async (name) => {
        await rename.mutateAsync({ id: repository.id, name });
        await queryClient.invalidateQueries(trpc.repositories.pathFilter());
        // The page's title is the server's.
        router.refresh();
      }}
    />
  );
}
