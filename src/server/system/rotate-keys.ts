import { setTimeout as wait } from "node:timers/promises";
import { Refusal } from "~/domain/refusal";
import type { Ctx } from "../context";
import { appendEntry } from "../journal/append-entry";
import type { AppKey } from "../secrets/app-key";
import { type BrokenSecret, type ResealedBatch, resealSecrets } from "../secrets/reseal-secrets";
import { countWithoutKey } from "../secrets/running-programs";
import { countSecretsByKey } from "../secrets/verify-secrets";

export interface RotatedKeys {
  newest: string;
  resealed: number;
  /** Secrets that another key has sealed, those that do not open included; 0: the older keys are not needed by the database any more. */
  left: number;
  broken: BrokenSecret[];
  /** Ids of keys that nothing in the database needs. */
  droppable: string[];
}

/** How long rows that somebody works on are tried again before the run ends with them left. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 250;

/**
 * Seals every stored secret with the newest key while everything runs, and journals it. May be run again at any time, also after it was
 * killed: it does what is left. Refuses `forbidden` while a running program does not know the newest key, for it could not read on.
 */
export async function rotateKeys(
  ctx: Ctx,
  keys: readonly [AppKey, ...AppKey[]],
  given: { onBatch?: (batch: ResealedBatch) => void; patienceMs?: number } = {},
): Promise<RotatedKeys> {
  const [newest] = keys;
  await demandKnownToAll(ctx, newest.id);
  const deadline = Date.now() + (given.patienceMs ?? PATIENCE_MS);
  let resealed = 0;
  let broken: BrokenSecret[] = [];
  let left: number;
  for (;;) {
    broken = [];
    for await (const batch of resealSecrets(ctx, keys)) {
      resealed += batch.resealed;
      broken.push(...batch.broken);
      given.onBatch?.(batch);
    }
    left = sealedByOthers(await countSecretsByKey(ctx), newest.id);
    if (left <= broken.length || Date.now() > deadline) break;
    await wait(PAUSE_MS);
  }
  const byKey = await countSecretsByKey(ctx);
  const droppable = keys.slice(1).flatMap(({ id }) => (byKey[id] ? [] : [id]));
  if (resealed > 0) {
    const say = `Sealed ${resealed} ${resealed === 1 ? "secret" : "secrets"} with key ${newest.id}.`;
    const detail = { newest: newest.id, resealed, left, broken: broken.length };
    await appendEntry(ctx, { action: "keys.rotated", say, detail });
  }
  return { newest: newest.id, resealed, left, broken, droppable };
}

async function demandKnownToAll(ctx: Ctx, keyId: string): Promise<void> {
  if ((await countWithoutKey(ctx, keyId)) === 0) return;
  throw new Refusal("forbidden", {
    say: `A running program does not know key ${keyId} yet and could not read what it seals. Restart the server (every replica), then run this again.`,
  });
}

function sealedByOthers(byKey: Record<string, number>, newest: string): number {
  return Object.entries(byKey).reduce((sum, [id, count]) => (id === newest ? sum : sum + count), 0);
}
