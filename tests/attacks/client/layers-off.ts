import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { KeeperError } from "~/keeper/client";
import type { Layers } from "~/keeper/layers";
import { lastCommit, listSegments } from "~/keeper/vault/segment-files";
import type { Attack, Family } from "./attack";
import { type GuardedNode, startGuardedNode } from "./guarded-node";
import type { Judged } from "./judge";
import { tryOnOurs } from "./on-ours";
import { makeVictim, type Victim } from "./victim";

/** A shell as the account has the gate behind it already: without audits nothing would be put out of its reach. Two failures, not one. */
const WITH_A_SHELL: readonly Family[] = ["shell", "segments", "gate socket"];

/** Attacks that make sense while this layer is off. */
export const attacksWithout = (layer: keyof Layers, attacks: readonly Attack[]) =>
  attacks.filter(
    ({ family, sessionLimitSeconds }) =>
      sessionLimitSeconds === undefined && (layer !== "audit" || !WITH_A_SHELL.includes(family)),
  );

export type WithoutLayer = { attack: Attack; archivesLost: number; bytesLost: number; told: string };

/** Our node with one layer switched off, as a hole in it would leave things. */
export async function startWithoutLayer(borg: string, layer: keyof Layers) {
  const place = await startGuardedNode({ borg, layers: { [layer]: false } });
  let current: { victim: Victim; archives: readonly Judged[] } | null = null;
  return {
    stop: () => place.stop(),
    async try(attack: Attack): Promise<WithoutLayer> {
      const victim = current?.victim ?? (await makeVictim(place, attack));
      const archives = current?.archives ?? (await victim.judge()).archives;
      current = null;
      if (layer !== "gate") {
        const kept = await keepingEverySegment(place, victim, archives, attack);
        const { hold } = await place.settle(victim.guarded, "audited");
        if (kept.bytesLost === 0 && hold === null && attack.victim === undefined)
          current = { victim, archives };
        return kept;
      }
      const ours = await tryOnOurs(place, victim, archives, attack);
      if (attack.victim === undefined && ours.bytesLost === 0) current = { victim, archives: ours.archives };
      return {
        ...{ attack, archivesLost: ours.archivesBefore - ours.archivesAfter, bytesLost: ours.bytesLost },
        told: ours.told,
      };
    },
  };
}

/**
 * Without audits nobody judges, without seals there is nothing to roll back to: then nothing may ever be freed. Every committed segment still
 * has its bytes, and the keeper compacts nothing.
 */
async function keepingEverySegment(
  place: GuardedNode,
  victim: Victim,
  archives: readonly Judged[],
  attack: Attack,
): Promise<WithoutLayer> {
  const attacker = victim.attacker(archives);
  const before = await hashSegments(attacker.storedPath);
  await attack.run(attacker);
  await place.settle(victim.guarded);
  const compacted = await place.node.keeper("compact-repository", victim.guarded).then(
    () => true,
    (error) => {
      if (error instanceof KeeperError && !error.unreachable) return false;
      throw error;
    },
  );
  const after = await hashSegments(attacker.storedPath);
  const gone = [...before].filter(([n, hash]) => after.get(n) !== hash);
  const isLost = gone.length > 0 || compacted;
  return {
    ...{ attack, archivesLost: isLost ? archives.length : 0 },
    bytesLost: isLost ? archives.reduce((sum, { bytes }) => sum + bytes, 0) : 0,
    told: `${gone.length} committed segments changed${compacted ? ", and it was compacted" : ", compaction refused"}`,
  };
}

async function hashSegments(path: string): Promise<Map<number, string>> {
  const through = await lastCommit(path);
  const committed = [...(await listSegments(path)).values()].filter(({ n }) => n <= through);
  return new Map(
    committed.map((one) => [one.n, createHash("sha256").update(readFileSync(one.path)).digest("hex")]),
  );
}
