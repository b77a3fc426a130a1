/**
 * `npm run release`: makes a signed release of this commit in ./release (docs/operations.md, "Releases"). Starts src/supervisor/release/main.ts,
 * which is bundled for it each time, because a release begins before anything is built. The private key is a file or `BBS_RELEASE_KEY`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle, stop } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const workshop = mkdtempSync(join(tmpdir(), "bbs-release-"));
try {
  const outfile = join(workshop, "main.mjs");
  await bundle({
    absWorkingDir: root,
    entryPoints: ["src/supervisor/release/main.ts"],
    ...{ outfile, bundle: true, platform: "node", target: "node20", format: "esm", logLevel: "error" },
  });
  await stop();
  const { makeRelease } = await import(pathToFileURL(outfile).href);
  process.exitCode = await makeRelease(process.argv.slice(2), {
    root,
    key: process.env.BBS_RELEASE_KEY,
    say: (line) => console.log(line),
  });
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
