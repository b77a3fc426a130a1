import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Evidence } from "~/domain/tamper";
import { type Hold, hold as holdShape } from "../contract/vault";
import type { StoragePaths } from "../paths";
import { KeeperRefuses } from "../refusal";
import { writeAtomically } from "../write-atomically";

/** Why a repository is held; null: it is not. A file that cannot be read is a fault, never "not held". */
export async function readHold(paths: StoragePaths, repositoryId: string): Promise<Hold | null> {
  const text = await readFile(paths.hold(repositoryId), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : holdShape.parse(JSON.parse(text));
}

/** Refuses `repository-held` while it is. */
export async function demandNotHeld(paths: StoragePaths, repositoryId: string): Promise<void> {
  if ((await readHold(paths, repositoryId)) !== null)
    throw new KeeperRefuses(
      "repository-held",
      "This repository is quarantined, because an audit found it changed. An administrator must review it first.",
    );
}

/** Holds it from here on, also past a power cut. One that is held already keeps its first finding: the later ones may follow from it. */
export async function placeHold(paths: StoragePaths, repositoryId: string, hold: Hold): Promise<Hold> {
  const earlier = await readHold(paths, repositoryId);
  if (earlier) return earlier;
  const path = paths.hold(repositoryId);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeAtomically(path, `${JSON.stringify(holdShape.parse(hold), null, 1)}\n`, 0o600);
  return hold;
}

/** Adds what was found later; the hold must be there. */
export async function addToHold(
  paths: StoragePaths,
  repositoryId: string,
  more: readonly Evidence[],
): Promise<Hold> {
  const found = await readHold(paths, repositoryId);
  if (!found) throw new Error("there is no hold to add to");
  const known = new Set(found.evidence.map((one) => JSON.stringify(one)));
  const news = more.filter((one) => !known.has(JSON.stringify(one)));
  if (news.length === 0) return found;
  const next = { ...found, evidence: [...found.evidence, ...news] };
  await writeAtomically(paths.hold(repositoryId), `${JSON.stringify(next, null, 1)}\n`, 0o600);
  return next;
}

/** Ends the hold. The last step of what resolved it. May run twice. */
export async function liftHold(paths: StoragePaths, repositoryId: string): Promise<void> {
  const path = paths.hold(repositoryId);
  await rm(path, { force: true });
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
