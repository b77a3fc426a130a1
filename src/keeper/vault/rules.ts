import { DAY_MS, rulesComeIntoForce } from "~/domain/compaction-gate";
import type { Keeper } from "../keeper";
import { readLedger } from "./archive-ledger";
import { changeVaultRecord, readVaultRecord, type VaultRules } from "./vault-record";
import { closedWindows, openWindows } from "./windows";

/** The rules in force now. Looser ones whose time has come are put into force first. */
export async function rulesInForce(keeper: Keeper, repositoryId: string): Promise<VaultRules> {
  const record = await readVaultRecord(keeper.paths, repositoryId);
  const pending = record.rulesPending;
  if (pending === null) return record.rules;
  const isOver = await closedWindows(keeper, repositoryId);
  // The window's length is what held when they were asked for; it may have become longer since, never shorter.
  if (!isOver("rules", daysBefore(pending.from, record.rules.trashDays), record.rules.trashDays))
    return record.rules;
  const { from, ...rules } = pending;
  const next = await changeVaultRecord(keeper.paths, repositoryId, (now) =>
    now.rulesPending?.from === from ? { ...now, rules, rulesPending: null } : now,
  );
  return next.rules;
}

/**
 * Takes new rules: stricter ones at once, looser ones after the trash window in force, so that who can change rules cannot empty the
 * trash today. A repository that never held an archive has nothing to lose: there they hold at once. Returns when all of them hold.
 */
export async function setRules(keeper: Keeper, repositoryId: string, wanted: VaultRules): Promise<Date> {
  const held = await rulesInForce(keeper, repositoryId);
  const ledger = await readLedger(keeper.paths, repositoryId);
  const now = keeper.now();
  const from = new Date(now.getTime() + held.trashDays * DAY_MS);
  await openWindows(keeper, repositoryId, ["rules"]);
  const next = await changeVaultRecord(keeper.paths, repositoryId, (record) => {
    const isNew = ledger.archives.length === 0 && record.sessions.length === 0;
    if (isNew) return { ...record, rules: wanted, rulesPending: null };
    const { now: rules, later } = rulesComeIntoForce(record.rules, wanted);
    return { ...record, rules, rulesPending: later && { ...later, from: from.toISOString() } };
  });
  return next.rulesPending ? from : now;
}

const daysBefore = (instant: string, days: number) =>
  new Date(Date.parse(instant) - days * DAY_MS).toISOString();
