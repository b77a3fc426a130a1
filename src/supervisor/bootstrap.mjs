/**
 * `npm start`. Brings a fresh clone to the point where it can run: checks node, installs what is missing, builds what changed, then
 * starts the supervisor in this same process. Plain JavaScript without packages, because there are none yet.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, outdatedParts } from "./build.mjs";
import { installNodeModules } from "./node-modules.mjs";
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
const modules = installNodeModules(root);
if (modules) refuse(modules);
const missing = installSystemPackages(["borgbackup", "openssh-server"], { beside: ["zstd"] });
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
