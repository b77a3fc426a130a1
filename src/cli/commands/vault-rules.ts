import type { Command } from "commander";
import { BbsError } from "~/api-client/bbs-error";
import { findRepository } from "../find-by-name";
import { followJob } from "../follow-job";
import type { Session } from "../session";
import { describeRules } from "../show-vault";
import { UsageError } from "../usage-error";

interface RuleOptions {
  trashDays?: string;
  keepOldSealDays?: string;
  floorNewest?: string;
  floorWeeklyDays?: string;
  watch?: boolean;
}

export function addVaultRules(vault: Command, session: Session): void {
  vault
    .command("rules <repository>")
    .description("Show the rules of the vault, or change those that are given. Looser ones begin later.")
    .option("--trash-days <days>", "how long a removed archive can be brought back")
    .option("--keep-old-seal-days <days>", "how long a roll-back reaches past a compaction")
    .option("--floor-newest <number>", "newest archives that are never removed")
    .option("--floor-weekly-days <days>", "for how long one archive a week is never removed")
    .option("--watch", "wait until they are changed")
    .action(async (given: string, options: RuleOptions) => {
      const bbs = await session.bbs();
      const { id: repositoryId, name } = await findRepository(bbs, given);
      const { state } = await bbs.vault.get.query({ repositoryId });
      if (!state)
        throw new BbsError("repository-not-ready", `${name} has not been audited yet; it has no rules.`);
      const changed = {
        trashDays: readNumber("--trash-days", options.trashDays) ?? state.rules.trashDays,
        keepOldSealDays:
          readNumber("--keep-old-seal-days", options.keepOldSealDays) ?? state.rules.keepOldSealDays,
        floorNewest: readNumber("--floor-newest", options.floorNewest) ?? state.rules.floorNewest,
        floorWeeklyDays:
          readNumber("--floor-weekly-days", options.floorWeeklyDays) ?? state.rules.floorWeeklyDays,
      };
      const { watch, ...wanted } = options;
      if (Object.keys(wanted).length === 0) {
        const shown = { rules: state.rules, rulesPending: state.rulesPending };
        return session.out().print(shown, describeRules(state));
      }
      const { jobId } = await bbs.vault.setRules.mutate({ repositoryId, ...changed });
      if (watch) await followJob(bbs, jobId, session);
      else session.out().print({ jobId }, `Changing the vault rules of ${name} (job ${jobId}).`);
    });
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`${option} must be a whole number, not ${text}.`);
  return Number(text);
}
