import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs the node modules when they are missing or other than the lock names, saying so first. Answers null when all is there, else
 * one sentence on what to do. The lock is not written: it lacks nothing that this platform needs, and a clone stays clean.
 */
export function installNodeModules(root) {
  if (modulesAreInstalled(root)) return null;
  console.log("Installing the node modules (about 500 MB, once) ...");
  const words = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", words, { cwd: root, stdio: "inherit" });
  return status === 0
    ? null
    : "The node modules could not be installed; npm says why above. Repair that and try again.";
}

/** Whether what npm installed is what the lock names. Packages for other platforms are optional and may be missing. */
function modulesAreInstalled(root) {
  const installedLock = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}
