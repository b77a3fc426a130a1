import { setTimeout as wait } from "node:timers/promises";
import type { StorageNode } from "~tests/support/storage-node";
import type { Attack, Layer } from "./attack";
import { type GuardedNode, sessionsOf } from "./guarded-node";
import { type Judged, lossesOf } from "./judge";
import type { Victim } from "./victim";

/** What an attack came to on our side, after containment: a roll-back where the repository was held. */
export type OnOurs = {
  /** Which layer contained it; null: none of those that should. */
  layer: Layer | null;
  archivesBefore: number;
  archivesAfter: number;
  bytesLost: number;
  /** A held repository, or a session with refused calls in the ledger. */
  alarm: "incident" | "refused calls" | "none";
  gained: string | null;
  /** For the reader of a failure. */
  told: string;
  /** What stands there now, for the next attack on the same victim. */
  archives: readonly Judged[];
};

export async function tryOnOurs(
  place: GuardedNode,
  victim: Victim,
  before: readonly Judged[],
  attack: Attack,
): Promise<OnOurs> {
  const { node } = place;
  const { clientId } = victim.guarded;
  const known = await lastSession(node, clientId);
  const gained = await attack.run(victim.attacker(before));
  const state = await place.settle(victim.guarded);
  const told = [...(state.hold?.evidence.map((one) => one.kind) ?? [])] as string[];
  if (state.hold !== null) {
    const done = await node.keeper("roll-back", { ...victim.guarded, transaction: null });
    told.push(`rolled back to ${done.transaction} in ${done.seconds.toFixed(1)} s`);
    await place.settle(victim.guarded);
  }
  const news = await newSessions(node, [clientId, ...victim.companions], known + 1);
  const refused = news.reduce((sum, one) => sum + one.callsRefused + (one.refused === null ? 0 : 1), 0);
  const now = await victim.judge();
  const lost = lossesOf(before, now);
  if (now.problem !== null) told.push(now.problem);
  for (const { say } of news.flatMap((one) => one.refusedCalls).slice(0, 1)) told.push(say);
  const isFree = gained === null || attack.granted !== undefined;
  return {
    layer:
      lost.archives.length === 0 && now.problem === null && isFree
        ? containedAt(attack, { held: state.hold !== null, refused: refused > 0 })
        : null,
    archivesBefore: before.length,
    archivesAfter: before.length - lost.archives.length,
    bytesLost: lost.bytes,
    alarm: state.hold !== null ? "incident" : refused > 0 ? "refused calls" : "none",
    ...{ gained, told: told.join("; "), archives: now.archives },
  };
}

async function lastSession(node: StorageNode, clientId: string): Promise<number> {
  return Math.max(0, ...(await sessionsOf(node, clientId)).map((session) => session.sequence));
}

async function newSessions(node: StorageNode, clientIds: readonly string[], from: number) {
  return (await Promise.all(clientIds.map((id) => sessionsOf(node, id, from)))).flat();
}

/** The layer that did it, as far as it can be seen; null when it is one that should not have had to. */
function containedAt(attack: Attack, seen: { held: boolean; refused: boolean }): Layer | null {
  const quiet = attack.layers.filter((layer) => layer !== "audit" && layer !== "gate");
  if (seen.held) return attack.layers.includes("audit") ? "audit" : null;
  if (seen.refused && attack.layers.includes("gate")) return "gate";
  return quiet[0] ?? null;
}

/** An honest client goes on with its own cache, whatever was tried before. */
export async function showsHonestBackupWorks(place: GuardedNode, victim: Victim): Promise<string | null> {
  for (let attempt = 0; ; attempt++) {
    const ended = await victim.honestBackup(`honest-after-${Date.now()}`);
    if (ended.code === 0) break;
    if (attempt === 2) return ended.err.trim().split("\n").slice(-2).join(" ");
    await wait(1000);
  }
  const state = await place.settle(victim.guarded);
  return state.hold === null ? null : `held after an honest backup: ${JSON.stringify(state.hold.evidence)}`;
}
