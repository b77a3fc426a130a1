/**
 * `npm run attack-lab`: a hostile client against a server of its own, made for this and taken away afterwards. Each attack is first shown to
 * work on stock borg. Ends with `N attacks, N contained, 0 archives lost, 0 bytes lost`; exit code 1 when it cannot say that.
 *
 *   npm run attack-lab                      every attack once, one borg
 *   npm run attack-lab -- manifests         one family, or one attack by its id
 *
 * Writes test-results/attack-lab.json. Where a server of this installation has its data folder (BBS_DATA, as root /var/bbs), the result is kept
 * there as well, and its console shows it.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installNodeModules } from "../src/supervisor/node-modules.mjs";
import { installSystemPackages } from "../src/supervisor/system-packages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const problem =
  process.getuid?.() !== 0
    ? "Run it as root: it makes Unix accounts of its own, as the server does, and takes them away again."
    : (installNodeModules(root) ?? installSystemPackages(["borgbackup", "openssh-server", "openssh-client"]));
if (problem) {
  console.error(problem);
  process.exit(1);
}

const { runAttackLab, recordAttackLab, dataFolder } = await load();
const file = join(root, "test-results/attack-lab.json");
const isContained = await runAttackLab({
  ...{ print: (line) => console.log(line), file, only: process.argv.slice(2) },
  seed: Number(process.env.SEED ?? 1),
});
// A part of the attacks is no result to show.
if (process.argv.length === 2 && existsSync(join(dataFolder, "keeper"))) {
  await recordAttackLab(JSON.parse(readFileSync(file, "utf8")), dataFolder);
  console.log(`The console of the server in ${dataFolder} shows it under Security.`);
}
process.exit(isContained ? 0 : 1);

/** Bundles the lab's TypeScript; each module keeps its own place, because some find other programs by it. */
async function load() {
  const { build } = await import("esbuild");
  const outfile = join(root, "dist/attack-lab/lab.mjs");
  await build({
    entryPoints: [join(root, "tests/attacks/client/lab-entry.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error" },
    alias: { "~tests": join(root, "tests"), "~": join(root, "src") },
    plugins: [{ name: "own-place", setup: keepOwnPlace }],
  });
  return import(pathToFileURL(outfile).href);
}

function keepOwnPlace(build) {
  build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
    loader: "ts",
    contents: readFileSync(path, "utf8").replaceAll(
      "import.meta.url",
      JSON.stringify(pathToFileURL(path).href),
    ),
  }));
}
