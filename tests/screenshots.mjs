/**
 * `npm run screenshots`: every page of the console, wide and phone, light and dark, filled and empty, into ./screenshots (ignored by git).
 * Fails when a page logs an error, breaks the content security policy or is wider than the screen. Words after `--` choose pages by name.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { build, outdatedParts } from "../src/supervisor/build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
await build(outdatedParts());
// Inside the tree, so that packages are found from there.
const folder = mkdtempSync(join(root, "dist", "screens-"));
const outfile = join(folder, "screens.mjs");
try {
  await bundle({
    absWorkingDir: root,
    entryPoints: ["tests/support/screens.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
    // The sources find the tree from where they lie.
    define: { "import.meta.url": JSON.stringify(pathToFileURL(join(root, "tests/support/screens.ts")).href) },
  });
  const { takeScreenshots } = await import(pathToFileURL(outfile).href);
  process.exitCode = await takeScreenshots({ root, only: process.argv.slice(2) });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
