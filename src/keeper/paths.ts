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
    vault: (repositoryId: string) => join(data, "vault", repositoryId),
    vaultRecord: (repositoryId: string) => join(data, "vault", repositoryId, "vault.json"),
    /** Exists exactly while the repository is held. */
    hold: (repositoryId: string) => join(data, "vault", repositoryId, "hold.json"),
    auditedState: (repositoryId: string) => join(data, "vault", repositoryId, "audited.json"),
    keeperLedger: (repositoryId: string) => join(data, "vault", repositoryId, "archives.json"),
    /** One more name for each sealed segment, of all seals; named by its number. */
    sealedSegments: (repositoryId: string) => join(data, "vault", repositoryId, "segments"),
    seal: (repositoryId: string, transaction: number) =>
      join(data, "vault", repositoryId, "seals", String(transaction)),
    quarantine: (repositoryId: string) => join(data, "vault", repositoryId, "quarantine"),
    known: (clientId: string) => join(data, "home", clientId, "known"),
    /** Ids of the stored objects: readable for the client's gate, writable for the keeper only. */
    knownObjects: (clientId: string, repositoryId: string) =>
      join(data, "home", clientId, "known", repositoryId),
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
