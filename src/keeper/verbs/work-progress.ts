import type { Verb } from "../keeper";
import { progressOf } from "../move/under-way";

export const workProgress: Verb<"work-progress"> = async (keeper, { clientId, repositoryId }) => {
  keeper.repositories.get(clientId, repositoryId);
  return { progress: progressOf(keeper, repositoryId) };
};
