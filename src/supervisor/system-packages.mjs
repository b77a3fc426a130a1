import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** The program by which a package is recognised as installed. */
const programOf = {
  borgbackup: "/usr/bin/borg",
  "openssh-server": "/usr/sbin/sshd",
  "openssh-client": "/usr/bin/ssh",
  chromium: "/usr/bin/chromium",
  strace: "/usr/bin/strace",
  acl: "/usr/bin/setfacl",
  attr: "/usr/bin/setfattr",
  iproute2: "/usr/bin/ip",
  nftables: "/usr/sbin/nft",
  e2fsprogs: "/usr/sbin/mkfs.ext4",
  "btrfs-progs": "/usr/sbin/mkfs.btrfs",
  procps: "/usr/bin/pgrep",
  curl: "/usr/bin/curl",
  git: "/usr/bin/git",
  "redis-server": "/usr/bin/redis-server",
  postgresql: "/usr/bin/pg_lsclusters",
  "mariadb-server": "/usr/sbin/mariadbd",
  sqlite3: "/usr/bin/sqlite3",
  zstd: "/usr/bin/zstd",
  unzip: "/usr/bin/unzip",
};

/** A borg or sshd of the person's own choice stands for the package. */
const settingOf = { borgbackup: "BBS_BORG", "openssh-server": "BBS_SSHD" };

const policyFile = "/usr/sbin/policy-rc.d";

/**
 * Installs Debian packages whose program is missing, saying so first. As root with apt only; borg comes from backports when that suite
 * is already among the machine's sources. `beside`: what comes along when something is installed, and is missed by nobody else. Answers
 * null when nothing is missing any more, else one sentence with the command to run.
 */
export function installSystemPackages(names, { beside = [] } = {}) {
  const isMissing = (name) => !existsSync(programOf[name]) && !process.env[settingOf[name]];
  if (!names.some(isMissing)) return null;
  const missing = [...names, ...beside].filter(isMissing);
  const command = `apt-get install --yes --no-install-recommends ${missing.join(" ")}`;
  if (!existsSync("/usr/bin/apt-get")) {
    return `These programs are missing: ${missing.map((name) => programOf[name]).join(", ")}. Install them with this system's package manager.`;
  }
  if (process.getuid?.() !== 0)
    return `Debian's ${missing.join(" and ")} must be installed first: sudo ${command}`;

  console.log(`Installing from Debian: ${missing.join(", ")} ...`);
  const held = holdBackServices();
  try {
    apt(["update"]);
    const words = ["install", "--yes", "--no-install-recommends"];
    const backports = missing.includes("borgbackup") && hasBackports();
    const status = apt([
      ...words,
      ...(backports ? ["borgbackup/bookworm-backports"] : []),
      ...missing.filter((name) => !(backports && name === "borgbackup")),
    ]);
    if (status !== 0) return `apt-get failed, see above. Repair that, or run: ${command}`;
    return null;
  } finally {
    if (held) rmSync(policyFile, { force: true });
    if (missing.includes("openssh-server")) keepSystemSshdOff();
  }
}

function apt(words) {
  return spawnSync("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...words], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  }).status;
}

function hasBackports() {
  const known = spawnSync("apt-cache", ["madison", "borgbackup"], { encoding: "utf8" }).stdout ?? "";
  return known.includes("bookworm-backports");
}

/** Installing openssh-server would open port 22 at once, which nobody asked for: we only need the program. */
function holdBackServices() {
  if (existsSync(policyFile)) return false;
  writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return true;
}

function keepSystemSshdOff() {
  if (!existsSync("/run/systemd/system")) return;
  spawnSync("systemctl", ["disable", "--now", "ssh.service", "ssh.socket"], { stdio: "ignore" });
  console.log(
    "The system's own sshd stays off (systemctl enable --now ssh starts it); Borg Backup Server runs one of its own.",
  );
}
