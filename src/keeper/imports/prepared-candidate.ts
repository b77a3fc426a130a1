import { makeClientFolder } from "../client-folder";
import type { Keeper } from "../keeper";
import type { Release } from "../lease";
import { KeeperRefuses } from "../refusal";
import { demandNew } from "./adopt";
import { candidateOf, moveIn } from "./candidates";
import { type ExaminedFolder, examineFolder } from "./examine-folder";
import { readKeyText } from "./foreign-config";
import { dropStage, stagePath } from "./import-stage";

/** A candidate for one repository's id that nobody else works on. */
export type Prepared = { source: ExaminedFolder; location: string; key: string | null; release: Release };

/**
 * Gets a candidate ready to be read for a client: looked at, out of its former client's reach, with the key that it needs, and for this call
 * alone. Stages of an earlier attempt are gone. Refuses what no borg leaves behind, an id that is taken, and a second copy.
 */
export async function prepareCandidate(
  keeper: Keeper,
  input: { candidateId: string; clientId: string; repositoryId: string; key: string | null },
): Promise<Prepared> {
  const { candidateId, clientId, repositoryId } = input;
  keeper.clients.accountsOf(clientId);
  const releases = [keeper.leases.take(repositoryId, "maintain")];
  const release = () => {
    for (const one of releases) one();
  };
  try {
    releases.push(keeper.leases.take(`import ${candidateId}`, "maintain"));
    const found = await candidateOf(keeper, candidateId);
    if (found.ids && found.ids.repositoryId !== repositoryId)
      throw new KeeperRefuses("bad-request", "A repository that lay here already keeps its id.");
    if (keeper.repositories.find(repositoryId))
      throw new KeeperRefuses("repository-exists", "There is a repository of this id already.");
    keeper.paths.place(repositoryId, found.root);
    // A stage of before holds second names of the segments, which would look like somebody else's.
    await dropStage(keeper, { clientId, repositoryId });
    const candidate = await moveIn(keeper, found);
    const source = await examineFolder(candidate.path);
    demandNew(keeper, source.config.borgId);
    releases.push(keeper.leases.take(`borg ${source.config.borgId}`, "maintain"));
    await makeClientFolder(keeper, clientId, stagePath(keeper, { clientId, repositoryId }));
    return { source, location: candidate.location, key: keyFor(source, input.key), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** What a key file holds; null where the key is in the repository, or there is none. */
function keyFor({ encryption, config }: ExaminedFolder, given: string | null): string | null {
  if (!encryption.startsWith("keyfile")) return null;
  if (given !== null) return readKeyText(given, config.borgId);
  throw new KeeperRefuses(
    "bad-request",
    "Its key lies on the machine that made it. Run `borg key export` there and give the text as well.",
  );
}
