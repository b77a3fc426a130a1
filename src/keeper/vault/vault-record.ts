import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { SEAL_KINDS } from "../contract/vault";
import type { StoragePaths } from "../paths";
import { Turns } from "../turns";
import { writeAtomically } from "../write-atomically";

const number = z.number().int();
const rules = z.object({
  trashDays: number,
  keepOldSealDays: number,
  floorNewest: number,
  floorWeeklyDays: number,
});
export type VaultRules = z.output<typeof rules>;

/** What holds for a repository until an admin says otherwise. */
export const FIRST_RULES: VaultRules = {
  trashDays: 7,
  keepOldSealDays: 7,
  floorNewest: 3,
  floorWeeklyDays: 90,
};

const vaultRecord = z.object({
  /** The last transaction (number of the segment that ends with a commit) an audit found clean. Null before the first one. */
  auditedTransaction: number.nullable(),
  auditedAt: z.string().nullable(),
  sealKind: z.enum(SEAL_KINDS),
  /** Oldest first; the last one is in force. What each holds stands in `seals/<transaction>/seal.json`. */
  seals: z.array(
    z.object({
      transaction: number,
      sealedAt: z.string(),
      archives: number,
      segments: number,
      /** Null: in force. */
      releasedAfter: z.string().nullable(),
    }),
  ),
  /** Writing sessions that ended since the seal in force, oldest first. They bound what one session may take back of its own. */
  sessions: z.array(z.object({ sequence: number, before: number, after: number, audited: z.boolean() })),
  rules,
  rulesPending: rules.extend({ from: z.string() }).nullable(),
});
export type VaultRecord = z.output<typeof vaultRecord>;

const NO_VAULT: VaultRecord = {
  ...{ auditedTransaction: null, auditedAt: null, sealKind: "none", seals: [], sessions: [] },
  ...{ rules: FIRST_RULES, rulesPending: null },
};

/** What the keeper knows of a repository's seals and audits, in `vault/<id>/vault.json`. Read anew each time: the file is the truth. */
export async function readVaultRecord(paths: StoragePaths, repositoryId: string): Promise<VaultRecord> {
  const text = await readFile(paths.vaultRecord(repositoryId), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    },
  );
  return text === null ? NO_VAULT : vaultRecord.parse(JSON.parse(text));
}

/** Changes of one record happen one after the other: a session may end while an admin changes the rules. */
const turnsByPath = new Map<string, Turns>();

/** Changes the record as one step, on disk when this resolves. What decides whether to change it holds a lease. */
export async function changeVaultRecord(
  paths: StoragePaths,
  repositoryId: string,
  change: (record: VaultRecord) => VaultRecord,
): Promise<VaultRecord> {
  const path = paths.vaultRecord(repositoryId);
  const turns = turnsByPath.get(path) ?? new Turns();
  turnsByPath.set(path, turns);
  return turns.take(async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const next = change(await readVaultRecord(paths, repositoryId));
    await writeAtomically(path, `${JSON.stringify(next, null, 1)}\n`, 0o600);
    return next;
  });
}
