import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Locations } from "./locations";
import type { StoragePaths } from "./paths";
import { KeeperRefuses } from "./refusal";
import { writeAtomically } from "./write-atomically";

const repositoryRecord = z.object({
  clientId: z.string(),
  /** Null while it is being made: what lies in its folder then is a torn attempt and may be thrown away. */
  borgId: z.string().nullable(),
  quotaBytes: z.number().int().nonnegative().nullable(),
  createdAt: z.string(),
  /** Name of the storage location. */
  location: z.string().default("main"),
});
export type RepositoryRecord = z.output<typeof repositoryRecord>;

/** What the keeper knows of each repository, in `vault/<id>/repository.json`, where only the keeper can write. The gate serves no other. */
export class RepositoryRecords {
  readonly #paths: StoragePaths;
  readonly #locations: Locations;
  readonly #records: Map<string, RepositoryRecord>;

  private constructor(paths: StoragePaths, locations: Locations, records: Map<string, RepositoryRecord>) {
    this.#paths = paths;
    this.#locations = locations;
    this.#records = records;
  }

  /**
   * Those of every location that can be used, each with its location's vault. `notIn`: for some, the location where they are not any more,
   * or not yet, whatever lies there.
   */
  static async load(
    paths: StoragePaths,
    locations: Locations,
    notIn: ReadonlyMap<string, string> = new Map(),
  ): Promise<RepositoryRecords> {
    const records = new Map<string, RepositoryRecord>();
    for (const { name, root } of locations.usable()) {
      for (const id of (await readdir(paths.vaultsAt(root))).sort()) {
        if (records.has(id) || notIn.get(id) === name || !/^[a-z0-9]{1,20}$/.test(id)) continue;
        paths.place(id, root);
        const text = await readFile(paths.repositoryRecord(id), "utf8").catch(
          (error: NodeJS.ErrnoException) => {
            if (error.code === "ENOENT") return null;
            throw error;
          },
        );
        // Where it was found is where it lies, whatever the file says.
        if (text !== null) records.set(id, { ...repositoryRecord.parse(JSON.parse(text)), location: name });
      }
    }
    return new RepositoryRecords(paths, locations, records);
  }

  find(repositoryId: string): RepositoryRecord | null {
    return this.#records.get(repositoryId) ?? null;
  }

  /** Refuses a repository that is not there, not this client's, or not finished. */
  get(clientId: string, repositoryId: string): RepositoryRecord & { borgId: string; path: string } {
    const record = this.#records.get(repositoryId);
    if (!record || record.clientId !== clientId || record.borgId === null)
      throw new KeeperRefuses(
        "repository-missing",
        "This storage node has no such repository of this client.",
      );
    return { ...record, borgId: record.borgId, path: this.#paths.repository(clientId, repositoryId) };
  }

  /** Every finished repository. */
  all(): { clientId: string; repositoryId: string }[] {
    return [...this.#records]
      .filter(([, record]) => record.borgId !== null)
      .map(([repositoryId, { clientId }]) => ({ clientId, repositoryId }));
  }

  /** Every record, of unfinished ones too. */
  everyRecord(): (RepositoryRecord & { repositoryId: string })[] {
    return [...this.#records].map(([repositoryId, record]) => ({ ...record, repositoryId }));
  }

  /** The finished repositories of a client, by id, under the paths that its gate serves. */
  ofClient(clientId: string): { repositoryId: string; servedPath: string; quotaBytes: number | null }[] {
    return [...this.#records]
      .filter(([, record]) => record.clientId === clientId && record.borgId !== null)
      .map(([repositoryId, record]) => ({
        repositoryId,
        servedPath: this.#paths.servedRepository(clientId, repositoryId),
        quotaBytes: record.quotaBytes,
      }));
  }

  /** After a move: it lies in another location from now on, where its record is already. */
  relocate(repositoryId: string, location: string): void {
    const record = this.#records.get(repositoryId);
    if (!record) throw new Error(`repository ${repositoryId} is not known`);
    this.#paths.place(repositoryId, this.#locations.rootOf(location));
    this.#records.set(repositoryId, { ...record, location });
  }

  /** Removes the folder where the record lies: the last step of a deletion. May run twice. */
  async forget(repositoryId: string): Promise<void> {
    await rm(dirname(this.#paths.repositoryRecord(repositoryId)), { recursive: true, force: true });
    this.#records.delete(repositoryId);
  }

  async write(repositoryId: string, record: RepositoryRecord): Promise<void> {
    this.#paths.place(repositoryId, this.#locations.rootOf(record.location));
    const path = this.#paths.repositoryRecord(repositoryId);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, `${JSON.stringify(record, null, 1)}\n`, 0o600);
    this.#records.set(repositoryId, record);
  }
}
