import { KeeperRefuses } from "../refusal";
import type { KnownObjects } from "./known-objects";
import { scanSegments } from "./scan-segments";
import type { Seal } from "./seal-record";
import { findStraySegments, lastCommit, listSegments } from "./segment-files";

/**
 * Makes sure that all that differs from a seal was written by our own borg, before it is sealed in turn: what is left of the sealed segments
 * are the sealed ones, and every later segment belongs to the account that our borg runs as and is what a segment must be. The client may
 * write into the folder meanwhile; what it puts there belongs to it. `owner` null: the keeper is not root, there is one account for all.
 */
export async function demandOurs(given: {
  path: string;
  seal: Seal;
  owner: number | null;
  known: KnownObjects;
  signal: AbortSignal;
}): Promise<void> {
  const { path, seal, owner, known, signal } = given;
  const after = seal.transaction;
  const through = await lastCommit(path);
  const listing = await listSegments(path, signal);
  const sealed = new Map(seal.segments.map((segment) => [segment.n, segment]));
  const scan = await scanSegments({ path, after, through, sessions: "trusted", known, listing, signal });
  const strays = await findStraySegments(path);
  const foreign = [...listing.values()].find(({ n, size, mtimeNs, inode, uid }) => {
    if (n > after) return owner !== null && uid !== owner;
    const was = sealed.get(n);
    return was?.size !== size || was.mtimeNs !== mtimeNs || was.inode !== inode;
  });
  if (foreign || strays.length > 0)
    throw new KeeperRefuses(
      "fault",
      `Segment ${foreign?.n ?? strays[0]} appeared while the server was working on the repository. Nothing of the work was kept.`,
    );
  if (scan.evidence.length > 0)
    throw new KeeperRefuses(
      "fault",
      "What the server's own borg wrote is not what it must be. Nothing of the work was kept.",
    );
}
