import type { Verb } from "../keeper";
import { releaseSeals } from "../vault/old-seals";

/** All of them at once, whatever their time: for a disk that is full. The seal in force stays. */
export const releaseOldSeals: Verb<"release-old-seals"> = async (keeper, { clientId, repositoryId }) => {
  keeper.repositories.get(clientId, repositoryId);
  return { freedBytes: await releaseSeals(keeper, repositoryId, () => true) };
};
