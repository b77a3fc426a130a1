/**
 * `npm start`. Brings a fresh clone to the point where it can run: checks node, installs what is missing, builds what changed, then
 * starts the supervisor in this same process. Plain JavaScript without packages, because there are none yet.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, outdatedParts } from "./build.mjs";
import { installSystemPackages } from "./system-packages.mjs";
import { findUntrusted } from "./trusted-files.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Ends with one sentence on what is wrong and what to do. */
function refuse(say) {
  console.error(`\n${say}\n`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  refuse(
    `This is node ${process.versions.node}; Borg Backup Server needs node 20.9 or newer. Install it and run npm start again.`,
  );
}
refuseForeignFiles();
if (!modulesAreInstalled()) {
  console.log("Installing the node modules (about 500 MB, once) ...");
  const words = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  if (spawnSync("npm", words, { cwd: root, stdio: "inherit" }).status !== 0) {
    refuse(
      "The node modules could not be installed; npm says why above. Repair that and run npm start again.",
    );
  }
}
const missing = installSystemPackages(["borgbackup", "openssh-server"]);
if (missing) refuse(missing);

const outdated = outdatedParts();
if (outdated.length > 0) {
  console.log("Building (about half a minute, only when the sources changed) ...");
  try {
    await build(outdated);
  } catch (error) {
    refuse(error.message);
  }
}
await import(pathToFileURL(join(root, "dist/supervisor.mjs")).href);

/** As root: nobody else may be able to change what root is about to run. */
function refuseForeignFiles() {
  if (process.getuid?.() !== 0) return;
  const entries = readdirSync(root).filter(
    (name) => ![".git", "data", "screenshots", "coverage"].includes(name),
  );
  const found = findUntrusted(entries.map((name) => join(root, name)));
  if (found) {
    refuse(
      `${found.path} ${found.why}, so that account could change what root runs. Run chown -R root:root ${root} and chmod -R go-w ${root}, or start without root.`,
    );
  }
}

/** Whether what npm installed is what the lock names. Packages for other platforms are optional and may be missing. */
function modulesAreInstalled() {
  const installedLock = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}
