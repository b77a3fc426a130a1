import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DebianPackage } from "./debian-pairs";
import type { SeededRandom } from "./seeded-random";

/** All files below a folder that are no folders or links. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * A small machine that lives on: a home with texts and photos, programs out of Debian packages, logs that are rotated. Every step gives
 * what it touches the time of its week, so that nothing depends on how fast the test runs.
 */
export function livingTree(root: string, random: SeededRandom) {
  let week = 0;
  let photos = 0;
  const version = new Map<string, number>();
  const stamp = (path: string) => {
    const at = new Date(Date.UTC(2026, 0, 1) + week * 7 * 86_400_000 + random.below(86_400_000));
    utimesSync(path, at, at);
  };
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    stamp(path);
  };
  const text = (words: number) =>
    Array.from({ length: words }, () => random.pick(WORDS))
      .join(" ")
      .replace(/(.{70}) /g, "$1\n");
  const documents = join(root, "home/anna/documents");
  const log = (name: string) => join(root, "var/log", name);
  const LOGS = ["syslog", "auth.log", "kern.log", "nginx/access.log", "nginx/error.log", "dpkg.log"];

  return {
    root,
    nextWeek: () => void week++,
    /** Files that compress, in folders of twenty. */
    texts(count: number) {
      const kinds = ["txt", "md", "csv", "html", "odt.xml", "tex", "py", "json"];
      for (let n = 0; n < count; n++)
        write(
          join(documents, `folder ${n % 20}`, `note-${week}-${n}.${kinds[n % kinds.length]}`),
          text(200 + random.below(600)),
        );
    },
    /** As a camera makes them: they do not compress. */
    photos(count: number, folder = "2025") {
      for (let n = 0; n < count; n++)
        write(
          join(root, "home/anna/pictures", folder, `IMG_${String(photos++).padStart(5, "0")}.JPG`),
          Buffer.concat([
            Buffer.from("ffd8ffe000104a464946", "hex"),
            random.bytes(30_000 + 4 * random.below(15_000)),
          ]),
        );
    },
    install(packages: readonly DebianPackage[]) {
      for (const one of packages) {
        const [oldest] = one.versions;
        if (oldest) unpack(oldest, root);
        version.set(one.name, 0);
      }
    },
    /** To the next version, as dpkg does it: new files over the old ones, then what the new one does not have goes. */
    upgrade(one: DebianPackage): boolean {
      const now = version.get(one.name) ?? 0;
      const [from, to] = [one.versions[now], one.versions[now + 1]];
      if (!from || !to) return false;
      unpack(to, root);
      const kept = new Set(listed(to));
      for (const path of listed(from)) {
        const there = join(root, path);
        if (!kept.has(path) && existsSync(there) && !lstatSync(there).isDirectory()) rmSync(there);
      }
      version.set(one.name, now + 1);
      appendFileSync(log("dpkg.log"), `upgrade ${one.name} ${from} ${to}\n`);
      return true;
    },
    /** What machines write in a week, and logrotate's turn: `log.1` plain, older ones gzipped, four kept. */
    logs() {
      for (const name of LOGS) {
        mkdirSync(dirname(log(name)), { recursive: true });
        for (let n = 4; n > 1; n--) {
          const before = log(`${name}.${n - 1}${n === 2 ? "" : ".gz"}`);
          if (!existsSync(before)) continue;
          if (n > 2) renameSync(before, log(`${name}.${n}.gz`));
          else {
            write(log(`${name}.2.gz`), gzipSync(readFileSync(before)));
            rmSync(before);
          }
        }
        if (existsSync(log(name))) renameSync(log(name), log(`${name}.1`));
        write(log(name), text(3000 + random.below(2000)));
      }
    },
    /** Somebody's week: some texts edited, some new, some thrown away, one folder renamed now and then. */
    work() {
      const files = filesBelow(documents);
      for (const path of files)
        if (random.chance(0.03)) {
          appendFileSync(path, text(50));
          stamp(path);
        }
      for (const path of files) if (random.chance(0.01)) rmSync(path);
      for (let n = 0; n < 6; n++)
        write(join(documents, `folder ${random.below(20)}`, `new-${week}-${n}.md`), text(300));
      if (week % 5 === 4) {
        const [folder] = readdirSync(documents).sort();
        if (folder) renameSync(join(documents, folder), join(documents, `z ${week} ${folder}`));
      }
      write(join(root, "home/anna/.bash_history"), text(400));
      write(join(root, "var/lib/dpkg/status"), text(5000));
    },
  };
}

export type LivingTree = ReturnType<typeof livingTree>;

const WORDS =
  "the backup of a machine is worth what comes back from it and nobody knows before who has not tried on an ordinary day when there is time to look at every error 404 500 127.0.0.1 GET POST session opened closed for user root by uid=0 started stopped kernel usb device connected Monday Tuesday".split(
    " ",
  );

function unpack(file: string, root: string): void {
  mkdirSync(root, { recursive: true });
  execFileSync("dpkg-deb", ["-x", file, root]);
}

function listed(file: string): string[] {
  const tar = execFileSync("dpkg-deb", ["--fsys-tarfile", file], { maxBuffer: 1 << 30 });
  const names = execFileSync("tar", ["-t"], { input: tar, encoding: "utf8", maxBuffer: 1 << 28 });
  return names.split("\n").filter((name) => name !== "");
}
