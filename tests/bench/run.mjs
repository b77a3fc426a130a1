/**
 * `npm run bench [-- name] [-- --json]`: builds, runs the benchmarks of this folder one after the other and prints one line per figure: name,
 * value, unit, its bar, how it was taken. `--json`: one JSON object per line. Exit code 1 if a bar was missed. Run it on a quiet machine.
 */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const given = process.argv.slice(2);
const json = given.includes("--json");
const wanted = given.filter((word) => !word.startsWith("--"));
const names = readdirSync(fileURLToPath(new URL(".", import.meta.url)))
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.replace(".bench.ts", ""))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`There is no benchmark ${wanted.join(", ")}.`);
  process.exit(2);
}

execFileSync(process.execPath, [`${root}/src/supervisor/build.mjs`], { cwd: root, stdio: "ignore" });
if (!json)
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, node ${process.version}`,
  );

let missed = 0;
for (const name of names) {
  // In a folder two below the root, as the sources are, because they find the other programs by their own place.
  const outfile = `${root}/dist/bench/${name}.mjs`;
  await build({
    entryPoints: [`${root}/tests/bench/${name}.bench.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const { bench } = await import(pathToFileURL(outfile).href);
  for (const figure of await bench()) {
    const met = figure.bar === null ? null : figure.value <= figure.bar;
    if (met === false) missed++;
    console.log(json ? JSON.stringify({ bench: name, ...figure, met }) : line(figure, met));
  }
}
process.exit(missed > 0 ? 1 : 0);

function line({ name, value, unit, bar, how }, met) {
  const judged = bar === null ? "no bar" : `${met ? "within" : "MISSES"} ${bar} ${unit}`;
  return `${name}: ${Math.round(value * 1000) / 1000} ${unit} (${judged}) - ${how}`;
}
