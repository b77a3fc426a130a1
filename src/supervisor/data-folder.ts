import { randomBytes } from "node:crypto";
import { access, chmod, constants, mkdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isRoot } from "./accounts";
import { StartRefusal } from "./refuse-start";

/** Counts up when an older program could no longer read the data folder. */
const DATA_FORMAT = 1;

/** Below this a start would fail half way: the database writes 80 MB at its first start and needs room to recover. */
const LEAST_FREE_BYTES = 256 * 1024 * 1024;

/**
 * Makes the data folder ready: there, writable, with room, reachable for our accounts and not of a newer version. Refuses otherwise
 * and then has changed nothing but made the folder.
 */
export async function prepareDataFolder(data: string): Promise<void> {
  await makeWritable(data);
  await demandUnshared(data);
  if (isRoot) await demandReachable(data);
  const { bavail, bsize } = await statfs(data);
  if (bavail * bsize < LEAST_FREE_BYTES) {
    throw new StartRefusal(
      `The disk under ${data} is full: ${megabytes(bavail * bsize)} MB are free, a start needs ${megabytes(LEAST_FREE_BYTES)} MB. Free some space, or set BBS_DATA to a folder on a larger disk.`,
    );
  }
  await demandKnownFormat(join(data, "version"), data);
  for (const [name, mode] of folders) {
    await mkdir(join(data, name), { recursive: true, mode });
    await chmod(join(data, name), mode);
  }
}

/** Folders of the supervisor; the keeper makes its own. `secrets` may be passed through, not listed. */
const folders: [string, number][] = [
  ["run", 0o755],
  ["log", 0o750],
  ["secrets", 0o711],
  ["runtime", 0o755],
];

/** The secret that seals what the database holds: made once, readable by the account that starts the server only. */
export async function ensureAppKey(data: string): Promise<string> {
  const path = join(data, "secrets/app-key");
  const known = await readFile(path, "utf8").catch(() => null);
  if (known) return known.trim();
  const made = randomBytes(32).toString("base64");
  await writeFile(path, `${made}\n`, { mode: 0o600, flag: "wx" });
  return made;
}

async function makeWritable(data: string): Promise<void> {
  try {
    await mkdir(data, { recursive: true, mode: 0o755 });
    await access(data, constants.W_OK | constants.X_OK | constants.R_OK);
    // access() asks about permissions; a read-only file system shows only at a write.
    await writeFile(join(data, ".write-test"), "");
    await rm(join(data, ".write-test"));
  } catch (cause) {
    if (codeOf(cause) === "ENOSPC") return;
    throw new StartRefusal(
      `The data folder ${data} cannot be written (${codeOf(cause)}). Give this account the right to write there, or set BBS_DATA to another folder.`,
      { cause },
    );
  }
}

/** The accounts of the database, the web server and the clients must be able to pass through to what is theirs. */
async function demandReachable(data: string): Promise<void> {
  for (let folder = data; ; folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    if ((mode & 0o001) === 0) {
      throw new StartRefusal(
        `${folder} is closed to other accounts, but the accounts of Borg Backup Server must pass through it. Run chmod o+x ${folder}, or set BBS_DATA to a folder elsewhere.`,
      );
    }
    if (uid !== 0 && folder === data) {
      throw new StartRefusal(
        `${data} belongs to account number ${uid}, which could change what root keeps there. Run chown root:root ${data}, start without root, or set BBS_DATA to another folder.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

/** sshd (StrictModes) takes no key from a folder that another account could exchange, so every backup would fail: /tmp is no place. */
async function demandUnshared(data: string): Promise<void> {
  for (let folder = data; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o022) !== 0) {
      throw new StartRefusal(
        `${folder} can be written by other accounts, so sshd would refuse every client's key below it. Run chmod go-w ${folder} if that is right for it, or set BBS_DATA to a folder elsewhere.`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

async function demandKnownFormat(file: string, data: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => null);
  const format = text === null ? 0 : Number(text.trim());
  if (format > DATA_FORMAT || Number.isNaN(format)) {
    throw new StartRefusal(
      `The data folder ${data} was last used by a newer version of Borg Backup Server (format ${text?.trim()}, this one knows ${DATA_FORMAT}). Start that version, or set BBS_DATA to another folder.`,
    );
  }
  if (format !== DATA_FORMAT) await writeFile(file, `${DATA_FORMAT}\n`, { mode: 0o644 });
}

const megabytes = (bytes: number) => Math.floor(bytes / 1024 / 1024);

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown error";
