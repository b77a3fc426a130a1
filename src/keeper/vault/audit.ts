import type { Evidence } from "~/domain/tamper";
import type { KeeperOutput } from "../contract";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { readLedger, standing } from "./archive-ledger";
import { writeAuditedState } from "./audited-state";
import { readHold } from "./hold";
import { enterArchives, judgeArchives } from "./judge-archives";
import { objectsSince, rebuildObjects, sealObjects } from "./known-sets";
import { type Base, type Look, lookAt, readBase } from "./look-at-repository";
import { quarantine } from "./quarantine";
import { sealRepository } from "./seal";
import { changeVaultRecord, type VaultRecord } from "./vault-record";

export type AuditInput = { clientId: string; repositoryId: string; passphrase: string };
export type AuditOutcome = KeeperOutput<"audit-repository">;

/**
 * Judges a repository. Reads the segments since the last seal, without the passphrase, and compares everything older; then lists the
 * archives with the key and holds them against the ledger. Clean: new archives enter the ledger, new objects become known, and the
 * state is sealed, or only noted as audited while something of the client runs. Not clean: held.
 *
 * The caller has the audit lease, or the maintenance's. One write of `vault.json` makes an audit count: after a crash at any step before
 * it the next one begins anew and comes to the same end. Without news it only compares. One that is held already is not looked at.
 */
export async function auditUnderLease(
  keeper: Keeper,
  input: AuditInput,
  signal: AbortSignal,
): Promise<AuditOutcome> {
  const { clientId, repositoryId } = input;
  const ids = { clientId, repositoryId };
  if (!keeper.layers.audit) throw new KeeperRefuses("not-allowed", "A test has switched audits off.");
  const held = await readHold(keeper.paths, repositoryId);
  if (held) return notClean(held.evidence, held.lastCleanTransaction ?? -1);
  const startedAt = performance.now();
  const base = await readBase(keeper, ids);
  const look = await lookAt(keeper, ids, base, signal);
  const scanSeconds = (performance.now() - startedAt) / 1000;
  keeper.atStep("audit:scanned");
  const outcome = { ...countNews(base, look), scanSeconds, transaction: look.through };
  const hold = async (evidence: Evidence[], lookFurther?: () => Promise<Evidence[]>) => {
    const placed = await quarantine(keeper, ids, evidence, lookFurther);
    keeper.audits.hasEnded(repositoryId);
    return { ...notClean(placed.evidence, look.through), ...outcome };
  };
  if (look.evidence.length > 0)
    return hold(look.evidence, () => lostArchives(keeper, input, look.evidence, signal));
  if (hasNoNews(base, look)) {
    await noteAudited(keeper, repositoryId, base, look.through, true);
    return { ...outcome, ...CLEAN, sealed: base.seal !== null, newArchives: 0, listSeconds: 0 };
  }
  const listedAt = performance.now();
  const { listed, evidence } = await judgeArchives(keeper, input, signal);
  const listSeconds = (performance.now() - listedAt) / 1000;
  keeper.atStep("audit:listed");
  if (evidence.length > 0) return { ...(await hold(evidence)), listSeconds };
  const newArchives = await enterArchives(keeper, repositoryId, listed, ({ startedAt: claimed }) =>
    observe(keeper, base, claimed),
  );
  keeper.atStep("audit:ledgered");
  await admitObjects(keeper, ids, base, look, signal);
  keeper.atStep("audit:known");
  const sealed = await sealOrNote(keeper, ids, base, look);
  return { ...outcome, ...CLEAN, sealed, newArchives, listSeconds };
}

const CLEAN = { clean: true, evidence: [] };

function notClean(evidence: Evidence[], transaction: number): AuditOutcome {
  const nothing = { newSegments: 0, newBytes: 0, newArchives: 0, scanSeconds: 0, listSeconds: 0 };
  return { clean: false, evidence, sealed: false, transaction, ...nothing };
}

/** Everything is sealed and nothing was committed since: then neither the manifest nor the archives can be others. */
function hasNoNews({ record, seal, after }: Base, { through }: Look): boolean {
  return seal !== null && after === through && record.auditedTransaction === through;
}

function countNews({ record }: Base, { scan }: Look) {
  const news = scan?.segments.filter(({ n }) => n > (record.auditedTransaction ?? -1)) ?? [];
  return { newSegments: news.length, newBytes: news.reduce((sum, { size }) => sum + size, 0) };
}

/** The list tells what is lost in words that people use; where it cannot be had, what was found already is enough. */
async function lostArchives(
  keeper: Keeper,
  input: AuditInput,
  found: readonly Evidence[],
  signal: AbortSignal,
): Promise<Evidence[]> {
  // What is no file may keep borg waiting for ever, and one that is malformed has nothing to list.
  if (found.some(({ kind }) => kind === "repository-missing" || kind === "segment-malformed")) return [];
  try {
    return (await judgeArchives(keeper, input, signal)).evidence;
  } catch (error) {
    console.error(`the archives of held repository ${input.repositoryId} cannot be listed:`, error);
    return [];
  }
}

/**
 * Our time of a new archive is the end of the session that committed it. In a baseline, which is older than the vault, the client's claim
 * is all there is, but never later than now.
 */
function observe(keeper: Keeper, { record, after }: Base, claimed: string) {
  const now = keeper.now().toISOString();
  if (after === null) return { observedAt: claimed < now ? claimed : now, session: null };
  const fresh = record.sessions.filter((session) => !session.audited);
  const session = fresh.findLast((one) => one.after > one.before) ?? fresh.at(-1);
  const endedAt = session ? keeper.ledger.find(session.sequence)?.endedAt : null;
  return { observedAt: endedAt ?? now, session: session?.sequence ?? null };
}

/** The gate must know them before the next session is let in, which is when the record says "audited". */
async function admitObjects(
  keeper: Keeper,
  ids: { clientId: string; repositoryId: string },
  { after }: Base,
  { scan }: Look,
  signal: AbortSignal,
) {
  if (after === null) await rebuildObjects(keeper, ids, signal);
  else if (scan) await objectsSince(keeper, ids, after).add(scan.newIds, signal);
}

async function sealOrNote(
  keeper: Keeper,
  ids: { clientId: string; repositoryId: string },
  base: Base,
  look: Look,
): Promise<boolean> {
  const { clientId, repositoryId } = ids;
  const { through, listing } = look;
  if (!look.sealable) {
    const beyond = [...listing.values()].filter(
      ({ n }) => n > (base.seal?.transaction ?? -1) && n <= through,
    );
    await writeAuditedState(keeper.paths, repositoryId, through, beyond);
    await noteAudited(keeper, repositoryId, base, through, false);
    keeper.audits.sealLater(repositoryId, clientId);
    return false;
  }
  await sealRepository(keeper, ids, {
    transaction: through,
    segments: [...listing.values()].filter(({ n }) => n <= through),
    archives: standing(await readLedger(keeper.paths, repositoryId)).length,
    configAsBefore: true,
    record: (record) => audited(keeper, record, base, through, true),
  });
  await sealObjects(keeper, ids, through);
  keeper.atStep("audit:sealed");
  keeper.audits.hasEnded(repositoryId);
  return true;
}

async function noteAudited(
  keeper: Keeper,
  repositoryId: string,
  base: Base,
  through: number,
  isSealed: boolean,
) {
  await changeVaultRecord(keeper.paths, repositoryId, (record) =>
    audited(keeper, record, base, through, isSealed || base.after === null),
  );
  keeper.atStep("audit:noted");
  keeper.audits.hasEnded(repositoryId);
}

/** Sessions that this audit has not seen stay as they are; those it has seen are forgotten when nothing will be read again. */
function audited(
  keeper: Keeper,
  record: VaultRecord,
  base: Base,
  through: number,
  isSealed: boolean,
): VaultRecord {
  const seen = new Set(base.record.sessions.map((session) => session.sequence));
  const sessions = record.sessions
    .filter((session) => !(isSealed && seen.has(session.sequence)))
    .map((session) => (seen.has(session.sequence) ? { ...session, audited: true } : session));
  return {
    ...record,
    auditedTransaction: through,
    auditedAt: keeper.now().toISOString(),
    sessions,
  };
}
