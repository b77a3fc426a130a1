import type { Attack } from "./attack";
import { type Judged, type Judgement, judgeRepository, lossesOf } from "./judge";
import type { StockServer } from "./stock-server";

/** What the attack did to stock borg, in words; null: nothing, so the attack proves nothing. */
export async function tryOnStock(stock: StockServer, borg: string, attack: Attack): Promise<string | null> {
  const { attacker, leave } = stock.victim(attack);
  try {
    const gained = await attack.run(attacker);
    const judge = () => judgeRepository(borg, attacker.storedPath, attacker.passphrase);
    const before = await judge();
    await stock.compact(attacker.storedPath);
    const after = await judge();
    return sayEffect(attacker.archives, after) ?? sayEffect(attacker.archives, before) ?? gained;
  } finally {
    leave();
  }
}

function sayEffect(before: readonly Judged[], now: Judgement): string | null {
  if (now.problem !== null) return `unreadable for everybody: ${now.problem.slice(0, 90)}`;
  const lost = lossesOf(before, now);
  if (lost.archives.length === 0) return null;
  const broken = now.archives.filter((one) => one.problem !== null).length;
  return `${lost.archives.length} of ${before.length} archives lost, ${lost.bytes} bytes${broken > 0 ? `, ${broken} listed but broken` : ""}`;
}
