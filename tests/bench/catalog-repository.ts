import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { bareEnvironment } from "../support/run-program";
import { serverHome } from "../support/server-home";
import { clustered, FOLDERS, millionFiles } from "./catalog-tree";

/** A repository of borg's own with two archives of the tree; the second is 1 % otherwise, in whole folders. */
export interface CatalogRepository {
  path: string;
  passphrase: string;
  archives: { name: string; borgId: string }[];
  /** For running borg on it. */
  env: NodeJS.ProcessEnv;
}

const PASSPHRASE = "bench";

/** Made once, in some minutes, and kept below /var/cache: of the million files only what borg made of them. */
export async function catalogRepository(): Promise<CatalogRepository> {
  const folder = join(serverHome(), "..", `bench-catalog-${FOLDERS}`);
  const path = join(folder, "repository");
  const env = bareEnvironment({
    ...{ BORG_PASSPHRASE: PASSPHRASE, BORG_BASE_DIR: join(folder, "base"), TZ: "UTC" },
    BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
  });
  if (!existsSync(path)) await make(folder, path, env);
  const listing = JSON.parse(execFileSync("borg", ["list", "--json", path], { env, encoding: "utf8" }));
  const archives = listing.archives.map(({ name, id }: { name: string; id: string }) => ({
    name,
    borgId: id,
  }));
  return { path, passphrase: PASSPHRASE, archives, env };
}

async function make(folder: string, path: string, env: NodeJS.ProcessEnv) {
  rmSync(folder, { recursive: true, force: true });
  const tree = join(folder, "tree");
  mkdirSync(tree, { recursive: true });
  const making = `${path}.new`;
  const borg = (args: string[]) => execFileSync("nice", ["-n", "15", "borg", ...args], { env, cwd: tree });
  borg(["init", "--encryption=repokey-blake2", making]);
  for (const archive of [0, 1]) {
    await writeTree(tree, archive);
    borg(["create", "--noacls", "--noxattrs", "--noflags", `${making}::${archive}`, "home"]);
  }
  rmSync(tree, { recursive: true });
  renameSync(making, path);
}

/** The tree as it is at this archive; of the second one only what is otherwise than in the first. Files are holes: they cost an inode each. */
async function writeTree(tree: string, archive: number) {
  process.umask(0o022);
  const versionOf = clustered(archive);
  const folders: { path: string; modified: number }[] = [];
  let file = 0;
  for await (const items of millionFiles(versionOf))
    for (const { path, type, size, modified } of items) {
      const seconds = (modified ?? 0) / 1e6;
      if (type === "d") {
        if (archive === 0) mkdirSync(join(tree, path));
        folders.push({ path: join(tree, path), modified: seconds });
        continue;
      }
      if (archive > 0 && versionOf(file++) !== archive) continue;
      const opened = openSync(join(tree, path), "w", 0o644);
      ftruncateSync(opened, size);
      futimesSync(opened, seconds, seconds);
      closeSync(opened);
    }
  for (const { path, modified } of folders.reverse()) utimesSync(path, modified, modified);
}
