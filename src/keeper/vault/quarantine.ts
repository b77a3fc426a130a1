import { randomBytes } from "node:crypto";
import { lstat, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Evidence } from "~/domain/tamper";
import type { Hold } from "../contract/vault";
import type { Keeper } from "../keeper";
import { readLedger, standing } from "./archive-ledger";
import { addToHold, placeHold } from "./hold";
import { sealedFile } from "./seal-record";
import { setAside } from "./set-aside";
import { readVaultRecord } from "./vault-record";

type Ids = { clientId: string; repositoryId: string };

/** The contract's limit; the newest are kept. */
const SESSIONS_TOLD = 100;

/**
 * Shuts a repository that is not clean: the hold first, then the sealed configuration back, then the end of every session of the client.
 * `lookFurther` may add to the evidence afterwards. May run twice, also after a crash at any step.
 */
export async function quarantine(
  keeper: Keeper,
  ids: Ids,
  evidence: Evidence[],
  lookFurther: () => Promise<Evidence[]> = async () => [],
): Promise<Hold> {
  const { paths } = keeper;
  const { repositoryId } = ids;
  const record = await readVaultRecord(paths, repositoryId);
  const ledger = await readLedger(paths, repositoryId);
  const since = record.sessions.filter((session) => !session.audited).map((session) => session.sequence);
  await placeHold(paths, repositoryId, {
    since: keeper.now().toISOString(),
    evidence,
    sessions: since.slice(-SESSIONS_TOLD),
    lastCleanAt: record.auditedAt,
    lastCleanTransaction: record.auditedTransaction,
    lastCleanArchives: standing(ledger).length,
  });
  keeper.atStep("hold:placed");
  await enforceHold(keeper, ids, evidence);
  keeper.atStep("hold:enforced");
  return addToHold(paths, repositoryId, await lookFurther());
}

/** What a hold means, beside its file. Also run at the keeper's start, for a hold that a crash interrupted. */
export async function enforceHold(keeper: Keeper, ids: Ids, evidence: readonly Evidence[]): Promise<void> {
  if (evidence.some(({ kind }) => kind === "config-changed")) await healConfig(keeper, ids);
  await keeper.sessions.endAll(ids.clientId);
}

/**
 * Puts the sealed `config` back: with another key in it nobody could open the repository any more. The changed one goes to the
 * quarantine. The client's account may write in the folder, so the new file comes under a name that nobody can guess.
 */
async function healConfig(keeper: Keeper, { clientId, repositoryId }: Ids): Promise<void> {
  const { paths } = keeper;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const seal = (await readVaultRecord(paths, repositoryId)).seals.at(-1);
  if (!seal) return;
  const sealed = await readFile(sealedFile(paths, repositoryId, seal.transaction, "config"));
  const config = join(path, "config");
  const draft = join(path, `config.${randomBytes(12).toString("hex")}`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(sealed);
    if (keeper.root) {
      const { vault } = keeper.clients.accountsOf(clientId);
      await file.chown(vault.uid, vault.gid);
      await file.chmod(0o640);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const isThere = await lstat(config).then(
    () => true,
    () => false,
  );
  if (isThere) {
    const kept = join(paths.quarantine(repositoryId), keeper.now().toISOString());
    await setAside(config, join(kept, "config"), path);
  }
  await rename(draft, config);
}
