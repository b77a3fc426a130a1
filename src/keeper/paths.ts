import { join } from "node:path";

/** Every path the keeper touches, derived from ids. Ids are checked against `[a-z0-9]{1,20}` before they come here. */
export function storagePaths(data: string) {
  /** Roots of the storage locations where repositories lie that are not in the main one. */
  const elsewhere = new Map<string, string>();
  const vault = (repositoryId: string, ...names: string[]) =>
    join(elsewhere.get(repositoryId) ?? data, "vault", repositoryId, ...names);
  return {
    /** Says where a repository and its vault lie; `root`: `data` for the main location. Before any path of it is asked for. */
    place: (repositoryId: string, root: string) => {
      if (root === data) elsewhere.delete(repositoryId);
      else elsewhere.set(repositoryId, root);
    },
    data,
    run: join(data, "run"),
    keeperSocket: join(data, "run", "keeper.sock"),
    gates: join(data, "run", "gate"),
    gateSocket: (clientId: string) => join(data, "run", "gate", `${clientId}.sock`),
    homes: join(data, "home"),
    home: (clientId: string) => join(data, "home", clientId),
    repositories: (clientId: string) => join(data, "home", clientId, "repos"),
    repository: (clientId: string, repositoryId: string) => {
      const root = elsewhere.get(repositoryId);
      return root === undefined
        ? join(data, "home", clientId, "repos", repositoryId)
        : join(root, "repos", clientId, repositoryId);
    },
    /** Where the client finds it, wherever it lies: below its home. Of one that lies elsewhere this is a link, in a folder of ours. */
    servedRepository: (clientId: string, repositoryId: string) =>
      join(data, "home", clientId, "repos", repositoryId),
    /** Where it would lie in a location, whatever place it has now. */
    repositoryAt: (root: string, clientId: string, repositoryId: string) =>
      root === data
        ? join(data, "home", clientId, "repos", repositoryId)
        : join(root, "repos", clientId, repositoryId),
    vaultAt: (root: string, repositoryId: string) => join(root, "vault", repositoryId),
    vaultsAt: (root: string) => join(root, "vault"),
    /** Whole repositories that are kept for some days: the old place of a moved one, the state before a repair. Root only. */
    keptAt: (root: string) => join(root, "kept"),
    /** Backups of the server itself, in the vault of a location. */
    selfBackupsAt: (root: string) => join(root, "vault", "self-backups"),
    vaults: join(data, "vault"),
    repositoryRecord: (repositoryId: string) => vault(repositoryId, "repository.json"),
    vault: (repositoryId: string) => vault(repositoryId),
    vaultRecord: (repositoryId: string) => vault(repositoryId, "vault.json"),
    /** Exists exactly while the repository is held. */
    hold: (repositoryId: string) => vault(repositoryId, "hold.json"),
    auditedState: (repositoryId: string) => vault(repositoryId, "audited.json"),
    keeperLedger: (repositoryId: string) => vault(repositoryId, "archives.json"),
    /** One more name for each sealed segment, of all seals; named by its number. */
    sealedSegments: (repositoryId: string) => vault(repositoryId, "segments"),
    seal: (repositoryId: string, transaction: number) => vault(repositoryId, "seals", String(transaction)),
    quarantine: (repositoryId: string) => vault(repositoryId, "quarantine"),
    known: (clientId: string) => join(data, "home", clientId, "known"),
    /** Ids of the stored objects: readable for the client's gate, writable for the keeper only. */
    knownObjects: (clientId: string, repositoryId: string) =>
      join(data, "home", clientId, "known", repositoryId),
    ssh: join(data, "ssh"),
    authorizedKeys: join(data, "ssh", "authorized_keys"),
    keeper: join(data, "keeper"),
    accounts: join(data, "keeper", "accounts.json"),
    sessions: join(data, "keeper", "sessions.ndjson"),
    /** Of each repository that is being moved: where from and to, and whether it is there. */
    moves: join(data, "keeper", "moves"),
    /** Of each repository with a repair that nobody has decided on. */
    repairs: join(data, "keeper", "repairs"),
    /** What was restored onto this machine: a folder for each job, that only root can enter. */
    restoredRoot: join(data, "restored"),
    restored: (restoreId: string) => join(data, "restored", restoreId),
    /** An empty folder at which a restore is shown its target. */
    view: join(data, "keeper", "view"),
    /** Of each parcel a record, and while it is made a folder. */
    parcels: join(data, "keeper", "parcels"),
    parcelWork: (parcelId: string) => join(data, "keeper", "parcels", parcelId),
    borgBases: join(data, "keeper", "borg"),
    borgBase: (repositoryId: string) => join(data, "keeper", "borg", repositoryId),
  };
}
export type StoragePaths = ReturnType<typeof storagePaths>;
