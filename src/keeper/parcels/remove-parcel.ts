import { rm } from "node:fs/promises";
import type { Keeper } from "../keeper";

/** A restore takes days at most; what is older was forgotten by whoever asked for it. */
const KEPT_DAYS = 14;
const SWEEP_AGAIN_MS = 6 * 3600 * 1000;

/** Takes a parcel away, with the sessions that read it. May run twice, and after a crash at any point. */
export async function removeParcel(keeper: Keeper, parcelId: string): Promise<boolean> {
  const { parcels, paths } = keeper;
  const record = parcels.find(parcelId);
  if (record === null) return false;
  parcels.hide(parcelId);
  await keeper.sessions.endReaders(parcelId);
  await rm(paths.servedRepository(record.clientId, parcelId), { recursive: true, force: true });
  await rm(paths.parcelWork(parcelId), { recursive: true, force: true });
  await parcels.forget(parcelId);
  return true;
}

/** Removes at once what an earlier keeper left unfinished, and from time to time what nobody asked to remove. Returns what ends it. */
export async function sweepParcels(keeper: Keeper): Promise<() => void> {
  for (const { parcelId, ready } of keeper.parcels.all()) if (!ready) await removeParcel(keeper, parcelId);
  const sweep = async () => {
    const before = keeper.now().getTime() - KEPT_DAYS * 24 * 3600 * 1000;
    for (const { parcelId, createdAt } of keeper.parcels.all()) {
      if (Date.parse(createdAt) < before) await removeParcel(keeper, parcelId);
    }
  };
  const trySweep = () =>
    void sweep().catch((error: unknown) => console.error("a parcel could not be swept:", error));
  trySweep();
  const timer = setInterval(trySweep, SWEEP_AGAIN_MS);
  return () => clearInterval(timer);
}
