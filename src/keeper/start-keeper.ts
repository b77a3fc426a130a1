import { chmod, mkdir } from "node:fs/promises";
import { answerRequests } from "./answer-requests";
import type { ClientPrograms } from "./authorized-keys";
import { Clients } from "./clients";
import { findProgram } from "./find-program";
import { GateSockets } from "./gate-sockets";
import { resumeImports } from "./imports/adopt";
import { makeImportFolders } from "./imports/candidates";
import type { Keeper } from "./keeper";
import { sweepFromTimeToTime } from "./kept/sweep-kept";
import { ALL_LAYERS, type Layers } from "./layers";
import { Leases } from "./lease";
import { Locations } from "./locations";
import { settleMoves } from "./move/settle-move";
import { ParcelRecords } from "./parcels/parcel-records";
import { sweepParcels } from "./parcels/remove-parcel";
import { type StoragePaths, storagePaths } from "./paths";
import { settleRepairs } from "./repair/settle-repair";
import { RepositoryRecords } from "./repository-records";
import { SessionLedger } from "./session-ledger";
import { SESSION_LIMIT_SECONDS, Sessions } from "./sessions";
import { Turns } from "./turns";
import { findGroup } from "./unix-account";
import { recoverAll } from "./vault/maintenance-intent";
import { NextAudits } from "./vault/next-audits";
import { resumeVault } from "./vault/resume-vault";
import { writeKeys } from "./verbs/provision-client";

export type KeeperSettings = {
  data: string;
  borg: string;
  workerGroup: string | undefined;
  program: ClientPrograms;
  /** Another limit is only given by tests. */
  sessionLimitSeconds?: number;
  /** Layers to leave out, and a look at each step: only given by tests. */
  layers?: { [L in keyof Layers]?: false };
  atStep?: (step: string) => void;
};

/**
 * Brings the storage node up: folders, accounts, keys and sockets as remembered, sessions of an earlier keeper taken over or closed,
 * and only then the sockets. Everything may run twice.
 */
export async function startKeeper(settings: KeeperSettings): Promise<{ stop(): Promise<void> }> {
  const root = process.getuid?.() === 0;
  const paths = storagePaths(settings.data);
  await makeFolders(paths, root);
  const group = settings.workerGroup === undefined ? null : await findGroup(settings.workerGroup);
  if (settings.workerGroup !== undefined && group === null)
    throw new Error(`there is no group ${settings.workerGroup} (BBS_WORKER_GROUP)`);

  const now = () => new Date();
  const findBorg = () => findProgram(settings.borg);
  const clients = await Clients.load(paths, root);
  const locations = await Locations.load(paths, root);
  const atStep = settings.atStep ?? (() => undefined);
  const parts = { paths, locations, clients, root, now, atStep };
  await settleRepairs(parts);
  const repositories = await RepositoryRecords.load(paths, locations, await settleMoves(parts));
  const parcels = await ParcelRecords.load(paths);
  const ledger = await SessionLedger.open(paths.sessions);
  const leases = new Leases();
  const layers = { ...ALL_LAYERS, ...settings.layers };
  const audits = new NextAudits(now);
  const sessions = new Sessions(
    { paths, root, clients, repositories, parcels, leases, audits, layers, ledger, now },
    settings.sessionLimitSeconds ?? SESSION_LIMIT_SECONDS,
  );
  const gates = new GateSockets({ paths, root, clients, repositories, parcels, sessions, findBorg });
  const keeper: Keeper = {
    ...{ paths, root, findBorg, program: settings.program, clients, repositories, leases, sessions, ledger },
    ...{
      gates,
      parcels,
      locations,
      now,
      layers,
      audits,
      clientTurns: new Turns(),
      atStep,
    },
  };
  await makeImportFolders(keeper);
  await recoverAll(keeper);
  await resumeImports(keeper);
  await sessions.adopt();
  const stopAudits = await resumeVault(keeper);
  const stopSweeping = sweepFromTimeToTime(keeper);
  const stopParcels = await sweepParcels(keeper);
  for (const clientId of clients.living()) {
    await writeKeys(keeper, clientId);
    await gates.open(clientId);
  }
  const server = await answerRequests(keeper, group);
  return {
    stop: async () => {
      server.close();
      stopAudits();
      stopSweeping();
      stopParcels();
      sessions.stop();
      await gates.closeAll();
      await ledger.close();
    },
  };
}

/** As root the way to a client's home and socket may be walked through but not looked at by others; the rest is closed. */
async function makeFolders(paths: StoragePaths, root: boolean) {
  const walkable = [
    ...[paths.data, paths.run, paths.gates, paths.homes, paths.ssh, paths.authorizedKeys],
    ...[paths.keeper, paths.borgBases, paths.parcels, paths.view, paths.restoredRoot],
  ];
  for (const folder of walkable) {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    await chmod(folder, root ? 0o711 : 0o700);
  }
  await mkdir(paths.vaults, { recursive: true, mode: 0o700 });
  await chmod(paths.vaults, 0o700);
}
