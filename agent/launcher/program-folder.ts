import { basename, dirname, join } from "node:path";

/** Where the agent's program lies: the file that the service starts, and beside it the versions that updates brought. */
export type ProgramFolder = {
  folder: string;
  /** What the service starts; an update never touches it. */
  entry: string;
  versions: string;
  /** Which of the versions is the one to run; absent: the entry itself. */
  current: string;
};

const FILE = "bbs-agent.mjs";
const NAME = /^\d+\.\d+\.\d+-[0-9a-f]{12}$/;

/** The layout around a program's own file, be it the entry or one of the versions. */
export function programFolderOf(file: string): ProgramFolder {
  const own = dirname(file);
  const folder = versionNameOf(file) === null ? own : dirname(dirname(own));
  return {
    folder,
    entry: join(folder, FILE),
    versions: join(folder, "versions"),
    current: join(folder, "current"),
  };
}

/** The name of the version whose file this is; null: it is the entry. */
export function versionNameOf(file: string): string | null {
  const own = dirname(file);
  return basename(dirname(own)) === "versions" && isVersionName(basename(own)) ? basename(own) : null;
}

/** A name is the version and the first 12 hex digits of its file's SHA-256, so that a file can be held against it. */
export function versionName(version: string, sha256: string): string {
  return `${version}-${sha256.slice(0, 12)}`;
}

export function isVersionName(name: unknown): name is string {
  return typeof name === "string" && NAME.test(name);
}

export function versionFile(program: ProgramFolder, name: string): string {
  return join(program.versions, name, FILE);
}
