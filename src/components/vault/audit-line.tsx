"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "~/components/ui/button";
import { RelativeTime } from "~/components/ui/relative-time";
import { formatCount } from "~/domain/quantity";
import { useTRPC } from "~/trpc/react";
import { May } from "../system/may";
import { useVaultJob } from "./use-vault-job";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** When it was looked at last, what waits for an audit, and the button that looks now. */
export function AuditLine({
  repository,
  state,
  updatedAt,
}: {
  repository: { id: string; clientId: string };
  state: VaultState | null;
  updatedAt: Date | null;
}) {
  const trpc = useTRPC();
  const audit = useMutation(
    trpc.vault.audit.mutationOptions(
      useVaultJob({
        done: "The audit is asked for",
        more: "It reads what is new and compares everything older. This takes seconds.",
        failed: "No audit was started",
      }),
    ),
  );
  const unaudited = state?.unaudited ?? 0;
  return (
    <VaultLine
      title="Audit"
      note={
        <>
          After every session, at start-up and on a timer. What is new is read, everything older is compared
          with the seal, and the archive list with our ledger.
          {updatedAt ? (
            <>
              {" "}
              The storage node told this <RelativeTime at={updatedAt} />.
            </>
          ) : null}
        </>
      }
      action={
        <May action="maintenance" client={repository.clientId}>
          <Button
            size="small"
            busy={audit.isPending}
            onClick={() => audit.mutate({ repositoryId: repository.id })}
          >
            Audit now
          </Button>
        </May>
      }
    >
      {state?.auditedAt ? (
        <>
          Last clean <RelativeTime at={new Date(state.auditedAt)} />
        </>
      ) : (
        "Never yet"
      )}
      {unaudited > 0 ? (
        <span className="text-warn">
          {" "}
          · {formatCount(unaudited)} {unaudited === 1 ? "session is" : "sessions are"} not audited yet
        </span>
      ) : null}
    </VaultLine>
  );
}
