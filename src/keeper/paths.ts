import { join } from "node:path";

/** Every path the keeper touches, derived from ids. Ids are checked against `[a-z0-9]{1,20}` before they come here. */
export function storagePaths(data: string) {
  return {
    data,
    run: join(data, "run"),
    keeperSocket: join(data, "run", "keeper.sock"),
    gates: join(data, "run", "gate"),
    gateSocket: (clientId: string) => join(data, "run", "gate", `${clientId}.sock`),
    homes: join(data, "home"),
    home: (clientId: string) => join(data, "home", clientId),
    repositories: (clientId: string) => join(data, "home", clientId, "repos"),
    repository: (clientId: string, repositoryId: string) =>
      join(data, "home", clientId, "repos", repositoryId),
    vaults: join(data, "vault"),
    repositoryRecord: (repositoryId: string) => join(data, "vault", repositoryId, "repository.json"),
    ssh: join(data, "ssh"),
    authorizedKeys: join(data, "ssh", "authorized_keys"),
    keeper: join(data, "keeper"),
    accounts: join(data, "keeper", "accounts.json"),
    sessions: join(data, "keeper", "sessions.ndjson"),
    borgBases: join(data, "keeper", "borg"),
    borgBase: (repositoryId: string) => join(data, "keeper", "borg", repositoryId),
  };
}
export type StoragePaths = ReturnType<typeof storagePaths>;
