/**
 * Unpacks Debian's borg 1.4 (bookworm-backports) into a folder, without installing it: `node tests/support/borg-1.4.mjs [folder]`. Uses
 * apt with a source list of its own, made from the machine's, so the machine's lists stay as they are. Exit code 0: `<folder>/borg` runs
 * borg 1.4. Exit code 3: this machine cannot get it (no apt, no such suite, no network); one line says why.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BORG_14_FOLDER = process.env.BBS_TEST_BORG14 || "/var/cache/bbs-tests/borg-1.4";

/** Path of the program when it was unpacked before; null when not. */
export function unpackedBorg14() {
  const program = join(BORG_14_FOLDER, "borg");
  return existsSync(program) ? program : null;
}

/** The main archive's address in the machine's own lists (deb822 or one-line); null when there is none. */
function archiveAddress() {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  for (const file of files.filter((name) => existsSync(name))) {
    for (const paragraph of readFileSync(file, "utf8").split(/\n\s*\n/)) {
      if (/^\s*Suites:.*\bbookworm\b(?!-)/m.test(paragraph)) {
        const found = /^\s*URIs:\s*(\S+)/m.exec(paragraph);
        if (found) return found[1];
      }
      const line = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+bookworm\s/m.exec(paragraph);
      if (line) return line[1];
    }
  }
  return null;
}

function unpack(folder) {
  const address = archiveAddress();
  if (address === null) throw new Error("the machine's apt sources name no bookworm archive");
  const work = mkdtempSync(join(tmpdir(), "borg-1.4-"));
  try {
    mkdirSync(join(work, "lists/partial"), { recursive: true });
    mkdirSync(join(work, "cache/archives/partial"), { recursive: true });
    chmodSync(work, 0o755);
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    writeFileSync(
      join(work, "sources.list"),
      `deb [signed-by=${keyring}] ${address} bookworm-backports main\n`,
    );
    const options = [
      ...["-o", `Dir::Etc::sourcelist=${work}/sources.list`, "-o", "Dir::Etc::sourceparts=-"],
      ...["-o", `Dir::State::lists=${work}/lists`, "-o", `Dir::Cache=${work}/cache`],
      ...["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2"],
    ];
    const apt = (...args) =>
      execFileSync("apt-get", [...options, ...args], { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
    apt("update");
    apt("download", "-t", "bookworm-backports", "borgbackup");
    const deb = readdirSync(work).find((name) => name.startsWith("borgbackup_") && name.endsWith(".deb"));
    if (!deb) throw new Error("apt downloaded no borgbackup");
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    execFileSync("dpkg-deb", ["-x", join(work, deb), folder]);
    const wrapper = `#!/bin/sh\nPYTHONPATH=${folder}/usr/lib/python3/dist-packages exec /usr/bin/python3 ${folder}/usr/bin/borg "$@"\n`;
    writeFileSync(join(folder, "borg"), wrapper);
    chmodSync(join(folder, "borg"), 0o755);
    const version = execFileSync(join(folder, "borg"), ["--version"], { encoding: "utf8" }).trim();
    if (!version.startsWith("borg 1.4.")) throw new Error(`what was unpacked says "${version}"`);
    return version;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? BORG_14_FOLDER;
  try {
    console.log(`${unpackedBorg14() ? "already there" : unpack(folder)}: ${folder}/borg`);
  } catch (error) {
    console.log(
      `borg 1.4 cannot be had here: ${String(error.stderr ?? error.message)
        .trim()
        .split("\n")
        .at(-1)}`,
    );
    process.exit(3);
  }
}
