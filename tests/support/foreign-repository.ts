import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bareEnvironment } from "./run-program";
import { newTestId } from "./storage-client";

/** A repository that somebody made without us, and what opens it. */
export interface ForeignRepository {
  path: string;
  passphrase: string;
  /** What `borg key export` prints; null where the key is in the repository, or there is none. */
  key: string | null;
  run: (...args: string[]) => string;
}

/** Makes a repository with some archives by a borg of its own, as an admin might have had it for years. */
export function makeForeign(given: {
  encryption: string;
  /** A folder that the test removes. */
  inside: string;
  borg?: string;
  archives?: readonly string[];
}): ForeignRepository {
  const folder = mkdtempSync(join(given.inside, "foreign-"));
  const path = join(folder, "repo");
  const passphrase = given.encryption === "none" ? "" : newTestId();
  const run = (...args: string[]) =>
    execFileSync(given.borg ?? "borg", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: bareEnvironment({
        ...{ BORG_BASE_DIR: join(folder, "base"), BORG_PASSPHRASE: passphrase, BORG_REPO: path, TZ: "UTC" },
        ...{ BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes", BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes" },
      }),
    });
  run("init", `--encryption=${given.encryption}`);
  const source = join(folder, "source");
  mkdirSync(source);
  for (const name of given.archives ?? ["old-1", "old-2"]) {
    writeFileSync(join(source, "file"), randomBytes(40_000));
    run("create", "--timestamp=2024-05-06T07:08:09", `::${name}`, source);
  }
  const exportKey = () => {
    const file = join(folder, "key");
    run("key", "export", "::", file);
    return readFileSync(file, "utf8");
  };
  const key = given.encryption.startsWith("keyfile") ? exportKey() : null;
  return { path, passphrase, key, run };
}

/** Puts it into an import folder under this name. */
export function bringTo(foreign: ForeignRepository, importFolder: string, name: string): string {
  const target = join(importFolder, name);
  // Also onto another file system.
  execFileSync("mv", ["--no-target-directory", "--", foreign.path, target]);
  return target;
}

/** Names and contents of all files below a folder, as one text: whether anything of it is another. */
export function fingerprintOf(folder: string): string {
  const lines: string[] = [];
  const walk = (path: string) => {
    for (const name of readdirSync(path).sort()) {
      const full = join(path, name);
      if (statSync(full).isDirectory()) walk(full);
      else
        lines.push(
          `${relative(folder, full)} ${createHash("sha256").update(readFileSync(full)).digest("hex")}`,
        );
    }
  };
  walk(folder);
  return lines.join("\n");
}
