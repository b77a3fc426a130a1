"use client";

import { ShortTime } from "~/components/ui/short-time";
import { formatCount } from "~/domain/quantity";
import { May } from "../system/may";
import { EditRules } from "./edit-rules";
import type { VaultState } from "./vault-api";
import { VaultLine } from "./vault-line";

/** What is never deleted and how long things wait, in words. */
export function RulesLine({
  repository,
  state,
}: {
  repository: { id: string; clientId: string };
  state: VaultState;
}) {
  const { trashDays, keepOldSealDays, floorNewest, floorWeeklyDays } = state.rules;
  return (
    <VaultLine
      title="Rules"
      note={
        state.rulesPending ? (
          <span className="text-warn">
            Looser rules come into force <ShortTime at={new Date(state.rulesPending.from)} />; until then
            these hold.
          </span>
        ) : (
          "They stand above every plan: retention cannot go below this floor."
        )
      }
      action={
        <May action="manage-clients" client={repository.clientId}>
          <EditRules repositoryId={repository.id} rules={state.rules} />
        </May>
      }
    >
      Never fewer than the newest {formatCount(floorNewest)}
      {floorWeeklyDays > 0 ? `, and one a week for ${formatCount(floorWeeklyDays)} days` : ""}. {trashDays}{" "}
      days in the trash, old seals for {keepOldSealDays} days.
    </VaultLine>
  );
}
