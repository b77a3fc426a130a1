import type { ATTACK_LAYERS, AttackLabRun } from "./attack-lab";
import { formatBytes, formatCount } from "./quantity";

/** What contained an attack, and how. */
export const LAYER_WORDS: Record<(typeof ATTACK_LAYERS)[number], { name: string; say: string }> = {
  gate: { name: "Gate", say: "The gate refuses the call or the session." },
  keeper: { name: "Keeper", say: "The keeper grants no session, or refuses what is asked of it." },
  accounts: { name: "Accounts", say: "The files belong to another account." },
  audit: { name: "Audit", say: "The audit finds it and holds the repository; rolling back takes it back." },
  ledger: { name: "Ledger", say: "The server deletes only by its own ledger, names and times." },
  harmless: { name: "Harmless", say: "It changes nothing that matters; the next session works as before." },
};

/** The run in one sentence: `60 attacks, 60 contained, 0 archives lost, 0 bytes lost`. */
export function attackLabSentence(run: Pick<AttackLabRun, "attacks">): string {
  const contained = run.attacks.filter((attack) => attack.layer !== null).length;
  const archives = run.attacks.reduce((sum, { ours }) => sum + archivesLost(ours), 0);
  const bytes = run.attacks.reduce((sum, { ours }) => sum + ours.bytesLost, 0);
  return `${formatCount(run.attacks.length)} attacks, ${formatCount(contained)} contained, ${formatCount(archives)} archives lost, ${bytes === 0 ? "0 bytes" : formatBytes(bytes)} lost`;
}

export function archivesLost(losses: { archivesBefore: number; archivesAfter: number }): number {
  return Math.max(0, losses.archivesBefore - losses.archivesAfter);
}
