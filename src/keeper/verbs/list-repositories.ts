import type { Verb } from "../keeper";

export const listRepositories: Verb<"list-repositories"> = async (keeper, { after, limit }) => {
  const repositories = keeper.repositories
    .everyRecord()
    .flatMap(({ clientId, repositoryId, borgId, location }) =>
      borgId !== null && repositoryId > (after ?? "") ? [{ clientId, repositoryId, borgId, location }] : [],
    )
    .sort((a, b) => (a.repositoryId < b.repositoryId ? -1 : 1));
  return { repositories: repositories.slice(0, limit) };
};
