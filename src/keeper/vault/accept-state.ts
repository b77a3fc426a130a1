import { lstatSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { DAY_MS } from "~/domain/compaction-gate";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { carryOverRepaired, noteRepairAccepted } from "../repair/accept-repair";
import { readArchives } from "../verbs/list-archives";
import { withMaintenance } from "../with-maintenance";
import { changeLedger, readLedger } from "./archive-ledger";
import { dropIndex } from "./drop-index";
import { endAccount } from "./end-processes";
import { liftHold, readHold } from "./hold";
import { enterArchives } from "./judge-archives";
import { sealedObjects } from "./known-sets";
import { recoverMaintenance } from "./maintenance-intent";
import { ownSegments } from "./own-segments";
import { rulesInForce } from "./rules";
import { scanSegments } from "./scan-segments";
import { sealAnew } from "./seal-anew";
import { readSealInForce } from "./seal-record";
import { findStraySegments, lastCommit, listSegments } from "./segment-files";
import { openWindows } from "./windows";

/**
 * Takes a held repository as it is for clean: an admin says that what the audit found was meant. Archives that are gone are given up in
 * the ledger, others enter it, everything is sealed and the hold ends. The seal of before is kept as long as one from before a
 * compaction. Refuses what borg cannot open and list with our key, and what is not a repository borg made. A repository that is not
 * held is left alone: asked again, it answers that nothing was given up.
 */
export const acceptState: Verb<"accept-state"> = async (keeper, input, signal) => {
  const { clientId, repositoryId } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  if ((await readHold(keeper.paths, repositoryId)) === null)
    return { transaction: await lastCommit(path), archivesGivenUp: 0 };
  await keeper.sessions.endAll(clientId);
  await endAccount(keeper, keeper.clients.accountsOf(clientId).serve.uid);
  try {
    return await withMaintenance(keeper, input, signal, async () => {
      await recoverMaintenance(keeper, input);
      await demandSound(keeper, input, signal);
      await dropIndex(keeper, input);
      const listed = await readArchives(keeper, { ...input, checkpoints: false }, signal);
      const now = keeper.now();
      const carriedOver = await carryOverRepaired(keeper, repositoryId, listed);
      const archivesGivenUp = (await giveUpMissing(keeper, repositoryId, listed, now)) - carriedOver;
      await enterArchives(keeper, repositoryId, listed, () => ({
        observedAt: now.toISOString(),
        session: null,
      }));
      keeper.atStep("accept:ledgered");
      const transaction = await sealAnew(keeper, input, signal, await keepSealUntil(keeper, input, now));
      await noteRepairAccepted(keeper, repositoryId, transaction);
      keeper.atStep("accept:sealed");
      await liftHold(keeper.paths, repositoryId);
      return { transaction, archivesGivenUp };
    });
  } finally {
    keeper.audits.hasEnded(repositoryId);
  }
};

async function demandSound(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
  signal: AbortSignal,
) {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const through = await lastCommit(path);
  const committed = [...(await listSegments(path, signal)).values()].filter(({ n }) => n <= through);
  const odd = keeper.root
    ? await ownSegments(path, keeper.clients.accountsOf(clientId), committed, signal)
    : [];
  const known = sealedObjects(keeper, { clientId, repositoryId });
  const scan = await scanSegments({ path, after: -1, through, sessions: "trusted", known, signal });
  const strays = await findStraySegments(path);
  if (through < 0 || odd.length > 0 || strays.length > 0 || scan.evidence.length > 0)
    throw new KeeperRefuses(
      "not-allowed",
      "What is there is not a repository as borg makes one, so it cannot be accepted. Roll it back.",
    );
}

async function giveUpMissing(
  keeper: Keeper,
  repositoryId: string,
  listed: readonly { borgId: string; name: string }[],
  now: Date,
): Promise<number> {
  const there = new Set(listed.map((archive) => `${archive.borgId} ${archive.name}`));
  const before = await readLedger(keeper.paths, repositoryId);
  const gone = new Set(
    before.archives
      .filter((archive) => archive.removedAt === null && !there.has(`${archive.borgId} ${archive.name}`))
      .map((archive) => archive.borgId),
  );
  await changeLedger(keeper.paths, repositoryId, (archives) =>
    archives.map((archive) =>
      gone.has(archive.borgId) && archive.removedAt === null
        ? { ...archive, removedAt: now.toISOString() }
        : archive,
    ),
  );
  return gone.size;
}

/**
 * Until when the seal of before is kept. Where a sealed segment was replaced by another of its number, that seal cannot be kept whole: what
 * it held goes to the quarantine; null then.
 */
async function keepSealUntil(
  keeper: Keeper,
  { clientId, repositoryId }: { clientId: string; repositoryId: string },
  now: Date,
): Promise<string | null> {
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const before = await readSealInForce(keeper.paths, repositoryId);
  if (!before) return null;
  const listing = await listSegments(path);
  const replaced = before.segments.filter(({ n, inode }) => (listing.get(n)?.inode ?? inode) !== inode);
  const folder = join(keeper.paths.quarantine(repositoryId), now.toISOString().replaceAll(":", "-"));
  for (const { n } of replaced) {
    const vaulted = join(keeper.paths.sealedSegments(repositoryId), String(n));
    if (!lstatSync(vaulted, { throwIfNoEntry: false })) continue;
    await mkdir(join(folder, "segments"), { recursive: true, mode: 0o700 });
    await rename(vaulted, join(folder, "segments", String(n)));
  }
  if (replaced.length > 0) return null;
  const { keepOldSealDays } = await rulesInForce(keeper, repositoryId);
  await openWindows(keeper, repositoryId, [`seal:${before.transaction}`]);
  return new Date(now.getTime() + keepOldSealDays * DAY_MS).toISOString();
}
