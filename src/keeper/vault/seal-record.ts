import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";

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
