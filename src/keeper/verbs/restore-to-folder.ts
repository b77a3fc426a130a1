import { chmod, chown, lstat, mkdir, readdir, rm, stat } from "node:fs/promises";
import { confined } from "~/borg/confined";
import type { BorgLogLine } from "~/borg/log-json";
import { problemOf } from "~/borg/messages";
import { runBorg } from "~/borg/run";
import { archiveLocation } from "../archive-location";
import { endBehindXargs, pathsForXargs, throughXargs } from "../borg-with-paths";
import { demandRoom } from "../demand-room";
import type { Keeper, Verb } from "../keeper";
import { lendKeyFile, readKeyFile } from "../key-file";
import { KeeperRefuses } from "../refusal";
import { DISK_IS_FULL, ServerBorgFailed } from "../run-server-borg";
import { demandNotHeld } from "../vault/hold";
import { listArchives } from "./list-archives";

const EXTRACT_LIMIT_SECONDS = 24 * 3600;
const LOOK_AT_ROOM_MS = 1000;
const MOST_SKIPPED = 100;

/**
 * Extracts into a folder of its own as `bbv-<id>`, locked into it: a forged archive could else lead borg to what that account owns, the sealed
 * segments. Unprivileged, so there are no devices and no owners: everything belongs to that account, in a folder that only root can enter. A
 * failure and a full disk leave nothing. Refuses a held repository, and a node that does not run as root.
 */
export const restoreToFolder: Verb<"restore-to-folder"> = async (keeper, input, signal, send) => {
  const { clientId, repositoryId, passphrase, restoreId, parts } = input;
  if (!keeper.root)
    throw new KeeperRefuses(
      "not-allowed",
      "This storage server does not run as root, so a restore could not be locked into its folder. Download the files, or restore to a client.",
    );
  keeper.repositories.get(clientId, repositoryId);
  await demandNotHeld(keeper.paths, repositoryId);
  const { archives } = await listArchives(keeper, { clientId, repositoryId, passphrase }, signal, send);
  for (const { borgId, archiveName } of parts)
    if (!archives.some((one) => one.name === archiveName && one.borgId === borgId))
      throw new KeeperRefuses(
        "archive-missing",
        `The archive ${archiveName} is not in the repository any more.`,
      );
  await demandRoom(keeper, input.bytes);
  const folder = keeper.paths.restored(restoreId);
  await rm(folder, { recursive: true, force: true });
  try {
    const { vault } = keeper.clients.accountsOf(clientId);
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, vault.uid, vault.gid);
    const skipped: { path: string; why: string }[] = [];
    let skippedCount = 0;
    for (const part of parts)
      await extract(keeper, { ...input, ...part, folder }, signal, (line) => {
        if (line.type !== "log_message" || !["WARNING", "ERROR"].includes(line.levelname)) return;
        skippedCount++;
        if (skipped.length < MOST_SKIPPED) skipped.push(readWarning(line.message));
      });
    const counted = await countIn(folder);
    await chown(folder, 0, 0);
    await chmod(folder, 0o700);
    return { folder, ...counted, skipped, skippedCount };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

async function extract(
  keeper: Keeper,
  run: {
    clientId: string;
    repositoryId: string;
    passphrase: string;
    folder: string;
    archiveName: string;
    paths: string[];
  },
  signal: AbortSignal,
  onLog: (line: BorgLogLine) => void,
): Promise<void> {
  const borg = await keeper.findBorg();
  if (borg === null)
    throw new KeeperRefuses(
      "borg-missing",
      "borg is not installed on the storage server. Install borgbackup.",
    );
  const { vault } = keeper.clients.accountsOf(run.clientId);
  const { path } = keeper.repositories.get(run.clientId, run.repositoryId);
  const own = keeper.paths.borgBase(run.repositoryId);
  const key = await readKeyFile(keeper.paths, run.repositoryId);
  const keyFile = key === null ? null : await lendKeyFile(own, key, vault);
  const extraction = [
    borg,
    "extract",
    "--log-json",
    "--sparse",
    "--bypass-lock",
    "--",
    archiveLocation(path, run.archiveName),
  ];
  const asAccount = [
    ...["setpriv", `--reuid=${vault.uid}`, `--regid=${vault.gid}`, "--clear-groups", "--no-new-privs"],
    ...["--bounding-set=-all", "--inh-caps=-all", "--"],
  ];
  const { dev, ino } = await stat(run.folder, { bigint: true });
  const place = {
    target: run.folder,
    identity: `${dev}:${ino}`,
    view: keeper.paths.view,
    own,
    followsNoLinks: true,
  };
  // Through a shell that tells borg's own code: those of what is around it must not look like warnings of borg.
  const [command = "", ...args] = confined(place, [...asAccount, ...throughXargs(extraction)]);
  const room = watchRoom(keeper, signal);
  try {
    const ended = await runBorg({
      ...{ command, args, passphrase: run.passphrase, limitSeconds: EXTRACT_LIMIT_SECONDS },
      stdin: pathsForXargs(run.paths),
      env: {
        ...{ BORG_BASE_DIR: own, HOME: own, BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes" },
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
        ...(keyFile === null ? {} : { BORG_KEY_FILE: keyFile }),
      },
      ...{ signal: room.signal, onLog },
    });
    if (room.ranOut()) throw new KeeperRefuses("disk-full", DISK_IS_FULL);
    const end = endBehindXargs(ended);
    const problem = problemOf(end);
    if (problem) throw new ServerBorgFailed(problem, end);
  } finally {
    room.stop();
  }
}

/** Ends borg before the storage is full. */
function watchRoom(keeper: Keeper, outer: AbortSignal) {
  const control = new AbortController();
  let full = false;
  const timer = setInterval(() => {
    demandRoom(keeper, 0).catch((error: unknown) => {
      full = error instanceof KeeperRefuses;
      control.abort();
    });
  }, LOOK_AT_ROOM_MS);
  return {
    signal: AbortSignal.any([outer, control.signal]),
    ranOut: () => full,
    stop: () => clearInterval(timer),
  };
}

async function countIn(folder: string): Promise<{ files: number; directories: number; bytes: number }> {
  const counted = { files: 0, directories: 0, bytes: 0 };
  for (const name of await readdir(folder, { encoding: "buffer" })) {
    const path = Buffer.concat([Buffer.from(folder), Buffer.from("/"), name]);
    await countBelow(path, counted);
  }
  return counted;
}

async function countBelow(path: Buffer, counted: { files: number; directories: number; bytes: number }) {
  const found = await lstat(path);
  if (!found.isDirectory()) {
    counted.files++;
    if (found.isFile()) counted.bytes += found.size;
    return;
  }
  counted.directories++;
  for (const name of await readdir(path, { encoding: "buffer" }))
    await countBelow(Buffer.concat([path, Buffer.from("/"), name]), counted);
}

function readWarning(message: string): { path: string; why: string } {
  const never = /^Include pattern '(.*)' never matched\.$/s.exec(message);
  if (never) return { path: never[1] ?? "", why: "is not in the archive" };
  const failed = /^(.*?): ((?:[a-z_]+: )?\[Errno \d+\].*)$/s.exec(message);
  return failed ? { path: failed[1] ?? "", why: failed[2] ?? "" } : { path: "", why: message.slice(0, 1000) };
}
