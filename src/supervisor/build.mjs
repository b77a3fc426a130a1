/**
 * Builds everything that runs: programs into dist/ (esbuild), the console into .next/standalone (next build), each only when its
 * sources changed. `--programs` leaves the console out, `--force` builds unchanged sources too. Edit when a program is added.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Bundles by name: where they start and the oldest node they must run on. */
const programs = {
  supervisor: { entry: "src/supervisor/main.ts" },
  web: { entry: "src/supervisor/web.ts" },
  worker: { entry: "src/worker/main.ts" },
  keeper: { entry: "src/keeper/main.ts" },
  gate: { entry: "src/gate/main.ts" },
  reader: { entry: "src/keeper/reader/main.ts" },
  bbs: { entry: "src/cli/bbs.ts" },
  "bbs-admin": { entry: "src/cli/bbs-admin.ts" },
  "bbs-agent": { entry: "agent/main.ts", node: "18" },
};

const shared = ["package.json", "package-lock.json", "tsconfig.json"];
const parts = {
  programs: [...shared, "src", "agent", "drizzle"],
  console: [...shared, "src", "public", "next.config.mjs", "postcss.config.mjs"],
};

/** SHA-256 over the names and contents of a part's sources; tests do not count. */
function hashOf(part) {
  const hash = createHash("sha256").update(process.version);
  for (const file of parts[part].flatMap((name) => filesOf(join(root, name))).sort()) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

const stampOf = (part) => join(root, "dist", `.${part}.sha256`);

/** Which of the parts have other sources than what was built. */
export function outdatedParts() {
  return Object.keys(parts).filter(
    (part) => !existsSync(stampOf(part)) || readFileSync(stampOf(part), "utf8") !== hashOf(part),
  );
}

/** Builds the given parts. The hash is taken before, so a change made meanwhile is built the next time. */
export async function build(wanted) {
  mkdirSync(join(root, "dist"), { recursive: true });
  for (const part of wanted) {
    const hash = hashOf(part);
    if (part === "programs") await buildPrograms();
    else buildConsole();
    writeFileSync(stampOf(part), hash);
  }
}

async function buildPrograms() {
  const { build: bundle, stop } = await import("esbuild");
  for (const [name, { entry, node = "20" }] of Object.entries(programs)) {
    if (!existsSync(join(root, entry))) {
      console.log(`There is no ${entry}; ${name} is left out.`);
      continue;
    }
    const outfile = join(root, "dist", `${name}.mjs`);
    await bundle({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      target: `node${node}`,
      format: "esm",
      // Native code and what a program of ours loads by itself cannot be bundled; the runtime brings them along.
      external: ["@node-rs/bcrypt", "next"],
      define: { "process.env.NODE_ENV": '"production"' },
      // Packages in the older module format call require(), which an ES module does not have.
      banner: {
        js: 'import { createRequire as bbsCreateRequire } from "node:module"; const require = bbsCreateRequire(import.meta.url);',
      },
      legalComments: "none",
      logLevel: "error",
    });
    chmodSync(outfile, 0o755);
  }
  await stop();
  // Served to machines that are being enrolled, beside the agent.
  const installScript = join(root, "agent/install.sh");
  if (existsSync(installScript)) copyFileSync(installScript, join(root, "dist/install.sh"));
}

function buildConsole() {
  const result = spawnSync(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    encoding: "utf8",
  });
  if (result.status === 0) return;
  throw new Error(`The console could not be built.\n${result.stdout}\n${result.stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  const all = given.includes("--force") ? Object.keys(parts) : outdatedParts();
  const wanted = given.includes("--programs") ? all.filter((part) => part === "programs") : all;
  await build(wanted);
  console.log(wanted.length > 0 ? `Built: ${wanted.join(", ")}.` : "Nothing changed since the last build.");
}
