import type { ArchiveItem } from "~/borg/archive-items";

/** 1,000 for the figures that count; fewer for a quick look. */
export const FOLDERS = Number(process.env.BENCH_CATALOG_FOLDERS ?? 1000);
const FILES = 1000;
/** Names as they are on real disks: words, numbers, dates; about half of them occur in many folders. */
const WORDS = [
  "report",
  "index",
  "README",
  "invoice",
  "IMG",
  "backup",
  "module",
  "test",
  "config",
  "main",
  "photo",
  "data",
  "notes",
  "summary",
  "chapter",
  "scan",
];
const ENDINGS = [".txt", ".js", ".JPG", ".pdf", ".xml", ".html", ".json", ".c", ".log", ".md"];

/** How an archive of the tree differs from the first: the version of each file. */
export type VersionOf = (file: number) => number;

/** 1,000,000 files in 1,000 folders, in borg's order (a walk), 1,000 items at a time; nothing of it is held in memory. */
export async function* millionFiles(versionOf: VersionOf): AsyncGenerator<ArchiveItem[]> {
  const common = { owner: "root", group: "root", target: null };
  const folder = (path: string): ArchiveItem => ({
    ...{ path, type: "d", mode: "rwxr-xr-x", size: 0, modified: 1_780_000_000_000_000, ...common },
  });
  yield [folder("home")];
  for (let n = 0; n < FOLDERS; n++) {
    if (n % 50 === 0) yield [folder(`home/user-${n / 50}`)];
    const path = `home/user-${Math.floor(n / 50)}/folder-${n}`;
    const items = [folder(path)];
    for (let at = 0; at < FILES; at++) {
      const file = n * FILES + at;
      const version = versionOf(file);
      items.push({
        path: `${path}/${nameOf(n, at)}`,
        type: "-",
        mode: "rw-r--r--",
        owner: "root",
        group: "root",
        target: null,
        size: 76 + (file % 9973) + version,
        modified: 1_780_000_000_000_000 + file * 1_000_000 + version * 86_400_000_000,
      });
    }
    yield items;
  }
}

function nameOf(folder: number, at: number): string {
  const word = WORDS[at % WORDS.length] ?? "";
  const ending = ENDINGS[(at * 7) % ENDINGS.length] ?? "";
  return at % 2 === 0
    ? `${word}-${String(at).padStart(4, "0")}${ending}`
    : `${word}_${folder * 7919 + at}_${at}${ending}`;
}

/** Folders that differ in each archive. */
export const CHANGED = Math.max(1, Math.floor(FOLDERS / 100));

/** 1 % of the files in each archive: whole folders, others in each archive. */
export const clustered = (archive: number): VersionOf => {
  const last = new Map<number, number>();
  for (let n = 1; n <= archive; n++)
    for (let at = 0; at < CHANGED; at++) last.set(((n - 1) * CHANGED + at) % FOLDERS, n);
  return (file) => last.get(Math.floor(file / FILES)) ?? 0;
};

/** 1 % of the files in each archive: ten of each folder. */
export const spread = (archive: number): VersionOf => {
  return (file) => {
    const slot = Math.floor((file % FILES) / 10);
    const first = slot + 1;
    return archive < first ? 0 : first + Math.floor((archive - first) / 100) * 100;
  };
};
