import { chown, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { repositoryLocation } from "../archive-location";
import type { parcelsVerbs } from "../contract/parcels";
import { demandRoom, LEAST_FREE_BYTES } from "../demand-room";
import type { Keeper, Verb } from "../keeper";
import { lendKeyFile, readKeyFile } from "../key-file";
import { copyArchives } from "../parcels/copy-archives";
import { handOver } from "../parcels/hand-over";
import { removeParcel } from "../parcels/remove-parcel";
import { KeeperRefuses } from "../refusal";
import { runServerBorg } from "../run-server-borg";
import { demandNotHeld } from "../vault/hold";

type Asked = z.output<(typeof parcelsVerbs)["make-parcel"]["input"]>;

const INIT_LIMIT_SECONDS = 120;

/**
 * Makes a parcel as `bbv-<id>` of the client whose archives are in it, in a folder that nobody else can enter, and hands it over when it is whole:
 * files of the other client's `bbv-<id>` that its gate can read and not write. A failure, a full disk and a crash leave nothing. Refuses a
 * held repository, and clients that this node does not know.
 */
export const makeParcel: Verb<"make-parcel"> = async (keeper, input, signal) => {
  const { clientId, repositoryId, parcelId, toClientId } = input;
  keeper.repositories.get(clientId, repositoryId);
  await demandNotHeld(keeper.paths, repositoryId);
  if (keeper.clients.keyOf(toClientId) === null)
    throw new KeeperRefuses("client-missing", "The other client has no account on this storage node.");
  if (clientId === toClientId)
    throw new KeeperRefuses("bad-request", "A client needs no parcel of its own archives.");
  const before = keeper.parcels.find(parcelId);
  if (before && before.fromClientId !== clientId)
    throw new KeeperRefuses("bad-request", "There is another parcel of this id.");
  if (keeper.repositories.find(parcelId))
    throw new KeeperRefuses("repository-exists", "There is a repository of this id.");
  await removeParcel(keeper, parcelId);
  await demandRoom(keeper, input.bytes);
  const createdAt = keeper.now().toISOString();
  const record = { clientId: toClientId, fromClientId: clientId, createdAt };
  await keeper.parcels.write(parcelId, { ...record, ready: false });
  try {
    const archives = await fill(keeper, input, signal);
    const served = keeper.paths.servedRepository(toClientId, parcelId);
    await rm(served, { recursive: true, force: true });
    const made = join(keeper.paths.parcelWork(parcelId), "repository");
    if (keeper.root) await handOver(made, keeper.clients.accountsOf(toClientId));
    await rename(made, served);
    await rm(keeper.paths.parcelWork(parcelId), { recursive: true, force: true });
    keeper.atStep("parcel-in-place");
    await keeper.parcels.write(parcelId, { ...record, ready: true });
    return { archives };
  } catch (error) {
    await removeParcel(keeper, parcelId);
    throw error;
  }
};

async function fill(keeper: Keeper, input: Asked, signal: AbortSignal) {
  const { clientId, repositoryId, parcelId } = input;
  const { vault } = keeper.clients.accountsOf(clientId);
  const work = keeper.paths.parcelWork(parcelId);
  const made = join(work, "repository");
  await mkdir(made, { recursive: true, mode: 0o700 });
  if (keeper.root) for (const folder of [work, made]) await chown(folder, vault.uid, vault.gid);
  await runServerBorg(keeper, {
    ...{ clientId, repositoryId, signal, limitSeconds: INIT_LIMIT_SECONDS },
    ...{ passphrase: input.parcelPassphrase, base: parcelId, key: null },
    args: ["init", "--encryption=repokey-blake2", "--", repositoryLocation(made)],
  });
  keeper.atStep("parcel-begun");
  try {
    const key = await readKeyFile(keeper.paths, repositoryId);
    const base = keeper.paths.borgBase(parcelId);
    const keyFile = key === null ? null : await lendKeyFile(base, key, keeper.root ? vault : null);
    return await copyArchives(
      keeper,
      {
        ...{ clientId, base, leastFreeBytes: LEAST_FREE_BYTES },
        source: {
          path: keeper.repositories.get(clientId, repositoryId).path,
          passphrase: input.passphrase,
          keyFile,
        },
        target: { path: made, passphrase: input.parcelPassphrase },
        parts: input.parts.map(({ borgId, archiveName, paths }, at) => ({
          ...{ borgId, name: archiveName, paths: paths.map(demandPath), as: `part-${at + 1}` },
        })),
      },
      signal,
    );
  } finally {
    await rm(keeper.paths.borgBase(parcelId), { recursive: true, force: true });
  }
}

function demandPath(encoded: string): string {
  const path = Buffer.from(encoded, "base64");
  if (path.length > 0 && !path.includes(0)) return encoded;
  throw new KeeperRefuses("bad-request", "That is no path of an archive.");
}
