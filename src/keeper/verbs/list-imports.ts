import type { KeeperOutput } from "../contract";
import { type Candidate, findCandidates } from "../imports/candidates";
import { examineFolder } from "../imports/examine-folder";
import type { Keeper, Verb } from "../keeper";
import { KeeperRefuses } from "../refusal";

type Told = KeeperOutput<"list-imports">["candidates"][number];

/** Looks at names and sizes only; what it says of a folder is looked at again before anything is done with it. */
export const listImports: Verb<"list-imports"> = async (keeper) => {
  const candidates: Told[] = [];
  for (const candidate of await findCandidates(keeper)) candidates.push(await tell(keeper, candidate));
  return { candidates };
};

async function tell(keeper: Keeper, { path, id, location, name, kind, ids }: Candidate): Promise<Told> {
  const told = {
    id,
    location,
    name,
    kind,
    clientId: ids?.clientId ?? null,
    repositoryId: ids?.repositoryId ?? null,
  };
  try {
    const { config, encryption, segments, bytes } = await examineFolder(path);
    const isHere = keeper.repositories.everyRecord().some((record) => record.borgId === config.borgId);
    const problem = isHere
      ? "It is here already: a repository with borg's id of it was taken in or made before."
      : null;
    return { ...told, borgId: config.borgId, encryption, segments: segments.length, bytes, problem };
  } catch (error) {
    if (!(error instanceof KeeperRefuses)) console.error(`the folder ${path} cannot be looked at:`, error);
    const problem =
      error instanceof KeeperRefuses ? error.message : "It cannot be read; the keeper's log says why.";
    return { ...told, borgId: null, encryption: null, segments: 0, bytes: 0, problem };
  }
}
