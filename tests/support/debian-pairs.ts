import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where packages are kept from one test run to the next. */
const FOLDER = "/var/cache/bbs-tests/debian-pairs";

/** Packages of which Debian's sources for bookworm offer more than one version, on most days. Libraries, programs, scripts, texts, data. */
export const UPGRADED = [
  ...["openssl", "libssl3", "curl", "libcurl4", "libpython3.11-stdlib", "libpython3.11-minimal", "libc6"],
  ...["libc-bin", "git", "perl-base", "perl-modules-5.36", "bind9-libs", "libxml2", "libsystemd0", "systemd"],
  ...[
    "udev",
    "tzdata",
    "ca-certificates",
    "openssh-client",
    "openssh-server",
    "sudo",
    "nginx-common",
    "libexpat1",
  ],
  ...["imagemagick-6-common", "ghostscript", "postgresql-client-15", "rsync", "libarchive13", "ruby3.1"],
  ...["php8.2-cli", "php8.2-common", "apache2-bin", "apache2-data", "samba-common", "libglib2.0-0", "bluez"],
  ...[
    "mariadb-common",
    "mariadb-client-core",
    "unbound",
    "node-undici",
    "nodejs",
    "libc-l10n",
    "poppler-utils",
  ],
];

/** A package in several versions, oldest first: paths of its files. */
export interface DebianPackage {
  name: string;
  versions: string[];
}

/**
 * Those of `names` that Debian's sources offer in several versions, downloaded once and kept. Without network, what was kept before; an
 * empty list, with the reason printed, where nothing can be had.
 */
export function debianPairs(names: readonly string[]): DebianPackage[] {
  mkdirSync(FOLDER, { recursive: true });
  try {
    for (const { name, version } of offered(names.filter((one) => kept(one).length < 2)))
      download(name, version);
  } catch (problem) {
    console.info(`debian-pairs: some packages cannot be had now: ${String(problem).split("\n")[0]}`);
  }
  const found = names.flatMap((name) => {
    const versions = kept(name);
    return versions.length > 1 ? [{ name, versions }] : [];
  });
  if (found.length === 0) console.info("debian-pairs: no package in several versions; apt-get update first");
  return found;
}

function offered(names: readonly string[]): { name: string; version: string }[] {
  if (names.length === 0) return [];
  const text = execFileSync("apt-cache", ["madison", ...names], { encoding: "utf8" });
  const lines = text.split("\n").filter((line) => line.includes("Packages"));
  const versions = lines.map((line) => line.split("|").map((part) => part.trim()));
  return versions.flatMap(([name, version]) => (name && version ? [{ name, version }] : []));
}

function download(name: string, version: string): void {
  const options = ["-o", "APT::Sandbox::User=root", "-q"];
  execFileSync("apt-get", [...options, "download", `${name}=${version}`], { cwd: FOLDER, stdio: "pipe" });
}

/** Oldest first, as dpkg orders versions. */
function kept(name: string): string[] {
  if (!existsSync(FOLDER)) return [];
  const versionOf = (file: string) => decodeURIComponent(file.split("_")[1] ?? "");
  return readdirSync(FOLDER)
    .filter((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"))
    .sort((a, b) => (isOlder(versionOf(a), versionOf(b)) ? -1 : 1))
    .map((file) => join(FOLDER, file));
}

function isOlder(one: string, other: string): boolean {
  try {
    execFileSync("dpkg", ["--compare-versions", one, "lt", other]);
    return true;
  } catch {
    return false;
  }
}
