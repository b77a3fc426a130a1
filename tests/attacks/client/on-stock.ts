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
    const judge = () => judgeRepository(borg, attacker.storedPath, attacker.passphrase);
    const before = await judge();
    await stock.compact(attacker.storedPath);
    const after = await judge();
    const worst = [after, before].find((now) => sayLoss(attacker.archives, now) !== null) ?? after;
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
