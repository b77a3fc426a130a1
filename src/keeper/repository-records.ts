import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "./paths";
import { KeeperRefuses } from "./refusal";
import { writeAtomically } from "./write-atomically";

const repositoryRecord = z.object({
  clientId: z.string(),
  /** Null while it is being made: what lies in its folder then is a torn attempt and may be thrown away. */
  borgId: z.string().nullable(),
  quotaBytes: z.number().int().nonnegative().nullable(),
  createdAt: z.string(),
});
export type RepositoryRecord = z.output<typeof repositoryRecord>;

/** What the keeper knows of each repository, in `vault/<id>/repository.json`, where only the keeper can write. The gate serves no other. */
export class RepositoryRecords {
  readonly #paths: StoragePaths;
  readonly #records: Map<string, RepositoryRecord>;

  private constructor(paths: StoragePaths, records: Map<string, RepositoryRecord>) {
    this.#paths = paths;
    this.#records = records;
  }

  static async load(paths: StoragePaths): Promise<RepositoryRecords> {
    const records = new Map<string, RepositoryRecord>();
    for (const id of (await readdir(paths.vaults)).sort()) {
      const text = await readFile(paths.repositoryRecord(id), "utf8").catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return null;
          throw error;
        },
      );
      if (text !== null) records.set(id, repositoryRecord.parse(JSON.parse(text)));
    }
    return new RepositoryRecords(paths, records);
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

  /** The finished repositories of a client, by id. */
  ofClient(clientId: string): { repositoryId: string; path: string; quotaBytes: number | null }[] {
    return [...this.#records]
      .filter(([, record]) => record.clientId === clientId && record.borgId !== null)
      .map(([repositoryId, record]) => ({
        repositoryId,
        path: this.#paths.repository(clientId, repositoryId),
        quotaBytes: record.quotaBytes,
      }));
  }

  /** Removes the folder where the record lies: the last step of a deletion. May run twice. */
  async forget(repositoryId: string): Promise<void> {
    await rm(dirname(this.#paths.repositoryRecord(repositoryId)), { recursive: true, force: true });
    this.#records.delete(repositoryId);
  }

  async write(repositoryId: string, record: RepositoryRecord): Promise<void> {
    const path = this.#paths.repositoryRecord(repositoryId);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeAtomically(path, `${JSON.stringify(record, null, 1)}\n`, 0o600);
    this.#records.set(repositoryId, record);
  }
}
