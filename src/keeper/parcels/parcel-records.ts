import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StoragePaths } from "../paths";
import { writeAtomically } from "../write-atomically";

const parcelRecord = z.object({
  /** Who may read it. */
  clientId: z.string(),
  /** Whose archives are in it. */
  fromClientId: z.string(),
  createdAt: z.string(),
  /** False while it is being made: the gate serves none such, and a keeper that starts throws it away. */
  ready: z.boolean(),
});
export type ParcelRecord = z.output<typeof parcelRecord>;

/** The parcels of this storage node, each in `keeper/parcels/<id>.json`, where only the keeper can write. */
export class ParcelRecords {
  readonly #paths: StoragePaths;
  readonly #records: Map<string, ParcelRecord>;

  private constructor(paths: StoragePaths, records: Map<string, ParcelRecord>) {
    this.#paths = paths;
    this.#records = records;
  }

  static async load(paths: StoragePaths): Promise<ParcelRecords> {
    const records = new Map<string, ParcelRecord>();
    for (const name of (await readdir(paths.parcels)).sort()) {
      const id = /^([a-z0-9]{1,20})\.json$/.exec(name)?.[1];
      if (!id) continue;
      const text = await readFile(join(paths.parcels, name), "utf8");
      records.set(id, parcelRecord.parse(JSON.parse(text)));
    }
    return new ParcelRecords(paths, records);
  }

  find(parcelId: string): ParcelRecord | null {
    return this.#records.get(parcelId) ?? null;
  }

  all(): (ParcelRecord & { parcelId: string })[] {
    return [...this.#records].map(([parcelId, record]) => ({ ...record, parcelId }));
  }

  /** Those that a client may read now, under the paths that its gate serves. */
  ofClient(clientId: string): { parcelId: string; servedPath: string }[] {
    return [...this.#records]
      .filter(([, record]) => record.clientId === clientId && record.ready)
      .map(([parcelId]) => ({ parcelId, servedPath: this.#paths.servedRepository(clientId, parcelId) }));
  }

  async write(parcelId: string, record: ParcelRecord): Promise<void> {
    await writeAtomically(this.#file(parcelId), `${JSON.stringify(record)}\n`, 0o600);
    this.#records.set(parcelId, record);
  }

  /** From here on nobody is let in. */
  hide(parcelId: string): void {
    const record = this.#records.get(parcelId);
    if (record) this.#records.set(parcelId, { ...record, ready: false });
  }

  async forget(parcelId: string): Promise<void> {
    await rm(this.#file(parcelId), { force: true });
    this.#records.delete(parcelId);
  }

  #file(parcelId: string): string {
    return join(this.#paths.parcels, `${parcelId}.json`);
  }
}
