import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Gap } from "~/protocol/looks";
import { isWithin, realPlace } from "../allowed-paths";
import type { LookLimits } from "./demand-look";
import { holdsData, type Mount, mayHang } from "./mounts";

export type Candidate = Pick<Gap, "path" | "kind">;

/** Where databases and containers keep what matters. One that is not there is no candidate. */
const DATABASES = [
  "/var/lib/postgresql",
  "/var/lib/pgsql",
  "/var/lib/mysql",
  "/var/lib/mariadb",
  "/var/lib/mongodb",
  "/var/lib/mongo",
  "/var/lib/redis",
  "/var/lib/valkey",
  "/var/lib/influxdb",
  "/var/lib/elasticsearch",
  "/var/lib/opensearch",
  "/var/lib/clickhouse",
  "/var/lib/ldap",
  "/var/lib/docker/volumes",
  "/var/lib/containers/storage/volumes",
  "/var/lib/libvirt/images",
  "/var/lib/lxc",
  "/var/lib/incus",
];

/** Folders below the top that people or services put data into; others below `/var` belong to the system. */
const FOLDERS = ["/var/www", "/var/mail", "/var/vmail", "/var/opt", "/var/spool/cron", "/usr/local"];

/** What the system brings itself, or a running system's view of itself. */
const OF_THE_SYSTEM = new Set(
  "bin boot cdrom dev lib lib32 lib64 libx32 lost+found media mnt proc run sbin snap sys tmp usr var home root Applications Library System Users Volumes cores private".split(
    " ",
  ),
);

const HOMES = ["/home", "/Users"];

/** At most so many entries of one folder are looked at. */
const MOST_OF_A_FOLDER = 500;

/** Paths that may hold data worth keeping, each once, the sharpest kind of it; only what the policy lets be read, never the agent's own. */
export async function findCandidates(mounts: readonly Mount[], limits: LookLimits): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  const add = (path: string, kind: Candidate["kind"]) => {
    if (!found.has(path)) found.set(path, { path, kind });
  };
  for (const path of DATABASES) if (await isFolder(path, mounts)) add(path, "database");
  for (const mount of mounts) {
    if (holdsData(mount) && mount.point !== "/" && !/^\/(boot|efi|tmp|var\/tmp)(\/|$)/.test(mount.point)) {
      add(mount.point, "mount");
    }
  }
  for (const folder of HOMES) for (const path of await foldersIn(folder, mounts)) add(path, "home");
  if (await isFolder("/root", mounts)) add("/root", "home");
  for (const path of await foldersIn("/", mounts)) {
    if (!OF_THE_SYSTEM.has(path.slice(1))) add(path, "folder");
  }
  for (const path of FOLDERS) if (await isFolder(path, mounts)) add(path, "folder");
  const allowed: Candidate[] = [];
  for (const candidate of found.values()) {
    const place = await realPlace(candidate.path);
    // What is only a link elsewhere is judged where it leads.
    if (place !== candidate.path || isWithin(limits.own.place, place)) continue;
    if (limits.bases.some(({ real }) => isWithin(real, place))) allowed.push(candidate);
  }
  return allowed;
}

async function isFolder(path: string, mounts: readonly Mount[]): Promise<boolean> {
  if (mounts.some((mount) => mayHang(mount) && mount.point === path)) return false;
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

async function foldersIn(folder: string, mounts: readonly Mount[]): Promise<string[]> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths: string[] = [];
  for (const entry of names.slice(0, MOST_OF_A_FOLDER)) {
    // A name that is not text cannot be put into a plan.
    if (!entry.isDirectory() || entry.name.includes("\ufffd")) continue;
    const path = join(folder, entry.name);
    if (await isFolder(path, mounts)) paths.push(path);
  }
  return paths;
}
