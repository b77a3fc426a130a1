import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Keeper } from "../keeper";
import { looseFile } from "../loose-file";
import { KeeperRefuses } from "../refusal";
import { isQuiet } from "../vault/quiet";

/** More are not told of; who has so many imports them by turns. */
const MOST = 100;

const ID = /^[a-z0-9]{1,20}$/;
/** A folder that was found where a client's repositories lie, and was moved here so that the client cannot change it any more. */
const LEFT = /^left\.([a-z0-9]{1,20})\.([a-z0-9]{1,20})$/;

/**
 * A folder that may be a repository to take in. `import`: an admin of this machine put it into a location's `import` folder. `left`: it lies
 * where a client's repositories lie, and the keeper has no record of it.
 */
export type Candidate = {
  id: string;
  location: string;
  root: string;
  kind: "import" | "left";
  /** Name of the folder; of a `left` one the ids. */
  name: string;
  path: string;
  /** Of a `left` one: whose it was, and the id that it keeps. */
  ids: { clientId: string; repositoryId: string } | null;
};

export const importFolder = (root: string) => join(root, "import");

/** All candidates of the locations that can be used. What is no folder is none. */
export async function findCandidates(keeper: Keeper): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const { name: location, root } of keeper.locations.usable()) {
    for (const name of await readFolders(importFolder(root))) {
      const left = LEFT.exec(name);
      const [, clientId, repositoryId] = left ?? [];
      const ids = clientId && repositoryId ? { clientId, repositoryId } : null;
      found.push(candidate({ location, root, name, ids, path: join(importFolder(root), name) }));
    }
    for (const ids of await unrecorded(keeper, root)) {
      const name = `left.${ids.clientId}.${ids.repositoryId}`;
      found.push(candidate({ location, root, name, ids, path: layoutPath(keeper, root, ids) }));
    }
  }
  return found.slice(0, MOST);
}

/** The candidate of this id. Refuses `repository-missing`, and a folder that others than root may change. */
export async function candidateOf(keeper: Keeper, id: string): Promise<Candidate> {
  const found = (await findCandidates(keeper)).find((one) => one.id === id);
  if (!found)
    throw new KeeperRefuses(
      "repository-missing",
      "The folder is not there any more. Put it into the import folder again.",
    );
  const loose = keeper.root ? await looseFile([importFolder(found.root)]) : null;
  if (loose !== null)
    throw new KeeperRefuses("not-allowed", `${loose} can be changed by others than root. Nothing was taken.`);
  return found;
}

/**
 * Moves a folder out of a client's reach before it is looked into: as long as it lies among its repositories the client may change it. Its id
 * stays the same. Refuses `session-open` while something of the client runs.
 */
export async function moveIn(keeper: Keeper, given: Candidate): Promise<Candidate> {
  const path = join(importFolder(given.root), given.name);
  if (given.kind === "import" || given.path === path) return given;
  if (given.ids && keeper.clients.isKnown(given.ids.clientId)) {
    if (!(await isQuiet(keeper, given.ids.clientId)))
      throw new KeeperRefuses(
        "session-open",
        "The client it lay with is connected. Try again when its session has ended.",
      );
  }
  await rename(given.path, path);
  return { ...given, path };
}

/** Makes the folders that admins put repositories into, and closes them for everybody else. */
export async function makeImportFolders(keeper: Keeper): Promise<void> {
  for (const { root } of keeper.locations.usable()) {
    await mkdir(importFolder(root), { recursive: true, mode: 0o700 });
    const found = await lstat(importFolder(root));
    if (!found.isDirectory()) throw new Error(`${importFolder(root)} must be a folder`);
    await chmod(importFolder(root), 0o700);
  }
}

function candidate(given: Omit<Candidate, "id" | "kind">): Candidate {
  const text = JSON.stringify([given.location, given.name]);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 20);
  return { ...given, id, kind: given.ids ? "left" : "import" };
}

async function unrecorded(keeper: Keeper, root: string) {
  const isMain = root === keeper.paths.data;
  const homes = isMain ? keeper.paths.homes : join(root, "repos");
  const found: { clientId: string; repositoryId: string }[] = [];
  for (const clientId of await readFolders(homes)) {
    if (!ID.test(clientId)) continue;
    for (const repositoryId of await readFolders(
      isMain ? join(homes, clientId, "repos") : join(homes, clientId),
    )) {
      if (ID.test(repositoryId) && keeper.repositories.find(repositoryId) === null)
        found.push({ clientId, repositoryId });
    }
  }
  return found;
}

function layoutPath(keeper: Keeper, root: string, { clientId, repositoryId }: NonNullable<Candidate["ids"]>) {
  return root === keeper.paths.data
    ? join(keeper.paths.homes, clientId, "repos", repositoryId)
    : join(root, "repos", clientId, repositoryId);
}

/** Names of the folders in a folder, links not among them. Empty where there is no such folder. */
async function readFolders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
