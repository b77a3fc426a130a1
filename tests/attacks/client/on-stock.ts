import type { Attack } from "./attack";
import { type Judged, type Judgement, judgeRepository, lossesOf } from "./judge";
import type { StockServer } from "./stock-server";

/** What an attack did to stock borg. `say` null: nothing, so the attack proves nothing. */
export type OnStock = {
  say: string | null;
  losses: { archivesBefore: number; archivesAfter: number; bytesLost: number };
};

/** Carries it out, lets the server compact as servers do, and looks what can still be restored. */
export async function tryOnStock(stock: StockServer, borg: string, attack: Attack): Promise<OnStock> {
  const { attacker, leave } = stock.victim(attack);
  try {
    const gained = await attack.run(attacker);
    const judge = (compact: boolean) =>
      judgeRepository(borg, attacker.storedPath, attacker.passphrase, compact);
    const after = await judge(true);
    const isSeen = sayLoss(attacker.archives, after) !== null || gained !== null;
    // A compaction may heal what an index loses; before it the loss is there.
    const worst = isSeen ? after : await judge(false);
    const lost = lossesOf(attacker.archives, worst);
    return {
      say: sayLoss(attacker.archives, worst) ?? gained,
      losses: {
        archivesBefore: attacker.archives.length,
        archivesAfter: attacker.archives.length - lost.archives.length,
        bytesLost: lost.bytes,
      },
    };
  } finally {
    leave();
  }
}

function sayLoss(before: readonly Judged[], now: Judgement): string | null {
  const lost = lossesOf(before, now);
  if (lost.archives.length === 0) return null;
  if (now.problem !== null) return `nobody can open it any more (${now.problem.split(":")[0]})`;
  const broken = lost.archives.some(({ name }) =>
    now.archives.some((one) => one.name === name && one.problem),
  );
  const renamed = lost.archives.some(({ id }) => now.archives.some((one) => one.id === id));
  const words = broken ? "broken" : renamed ? "under another name" : "gone";
  return `${lost.archives.length} of ${before.length} archives ${words}`;
}
