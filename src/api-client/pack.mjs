/**
 * Makes the typed client as a package that needs nothing else: `dist/api-client/` with `package.json`, `index.mjs` and
 * `index.d.ts`. `node src/api-client/pack.mjs`; then `npm pack ./dist/api-client` makes the tarball to give away.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { printClientTypes } from "./print-client-types.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = process.argv[2] ?? `${root}/dist/api-client`;

const { version } = JSON.parse(await readFile(`${root}/package.json`, "utf8"));
await mkdir(out, { recursive: true });
await build({
  entryPoints: [`${root}/src/api-client/pack-entry.ts`],
  outfile: `${out}/index.mjs`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "warning",
});
await writeFile(`${out}/index.d.ts`, printClientTypes());
await writeFile(
  `${out}/package.json`,
  `${JSON.stringify(
    {
      name: "borg-backup-server-client",
      version,
      description: "Typed client of a Borg Backup Server.",
      license: "UNLICENSED",
      type: "module",
      engines: { node: ">=20" },
      exports: { ".": { types: "./index.d.ts", default: "./index.mjs" } },
      types: "./index.d.ts",
      files: ["index.mjs", "index.d.ts"],
    },
    null,
    2,
  )}\n`,
);
process.stdout.write(`the typed client is in ${out}\n`);
