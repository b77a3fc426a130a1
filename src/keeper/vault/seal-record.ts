import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";
import { writeAtomically } from "../write-atomically";
import { readVaultRecord } from "./vault-record";

const number = z.number().int();
export const sealRecord = z.object({
  /** The last committed segment it covers. */
  transaction: number,
  sealedAt: z.string(),
  /** Every committed segment, in order. Numbers of 64 bits are decimal text. */
  segments: z.array(z.object({ n: number, size: number, mtimeNs: z.string(), inode: z.string() })),
  configSha256: z.string(),
});

/** A clean state of a repository, as it stood when it was put out of the client's reach. */
export type Seal = z.output<typeof sealRecord>;

/** Path of one of the small files that were copied with a seal: `config`, `nonce`, `README`, `index.N`, `hints.N`, `integrity.N`. */
export function sealedFile(
  paths: StoragePaths,
  repositoryId: string,
  transaction: number,
  name: string,
): string {
  return join(paths.seal(repositoryId, transaction), name);
}

/** A seal that the record names. One that cannot be read is a fault. */
export async function readSeal(
  paths: StoragePaths,
  repositoryId: string,
  transaction: number,
): Promise<Seal> {
  const text = await readFile(sealedFile(paths, repositoryId, transaction, "seal.json"), "utf8");
  return sealRecord.parse(JSON.parse(text));
}

/** Writes a seal; the record names it afterwards. */
export async function writeSeal(paths: StoragePaths, repositoryId: string, seal: Seal): Promise<void> {
  const path = sealedFile(paths, repositoryId, seal.transaction, "seal.json");
  await writeAtomically(path, `${JSON.stringify(seal)}\n`, 0o600);
}

/** The newest one; null: never sealed. */
export async function readSealInForce(paths: StoragePaths, repositoryId: string): Promise<Seal | null> {
  const { seals } = await readVaultRecord(paths, repositoryId);
  const newest = seals.at(-1);
  return newest ? readSeal(paths, repositoryId, newest.transaction) : null;
}
