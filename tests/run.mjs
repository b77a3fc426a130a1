/**
 * `npm test`: installs what the suites need (also on a fresh machine), builds, runs everything. Last line: `N passed, N failed`.
 *
 *   npm test                    everything, with a seeded sample of the long suites, some of which rest each day
 *   npm test -- rooms e2e       these projects (vitest.config.ts) only
 *   npm test -- enrol           files whose path holds "enrol" only
 *   npm run soak                the long suites whole; broken off, it goes on with the files that have not passed yet
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, outdatedParts } from "../src/supervisor/build.mjs";
import { installNodeModules } from "../src/supervisor/node-modules.mjs";
import { installSystemPackages } from "../src/supervisor/system-packages.mjs";
import { check } from "./check.mjs";
import { LONG_SUITES, restingSuites } from "./support/long-suites.mjs";
import { runVitest } from "./support/run-vitest.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Projects of vitest.config.ts after `rules`, which the check runs. */
const projects = ["rooms", "agent-api", "programs", "attacks", "faults", "e2e"];

const asked = process.argv.slice(2);
const soak = asked.includes("--soak");
const names = asked.filter((word) => !word.startsWith("--"));

prepare();
await build(outdatedParts());
const total = soak ? runSoak() : names.length > 0 ? runNamed() : runAll();
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function prepare() {
  const packages = [
    "borgbackup",
    "openssh-server",
    "openssh-client",
    "chromium",
    "strace",
    "acl",
    "attr",
    "iproute2",
    "nftables",
    "e2fsprogs",
    "btrfs-progs",
    "procps",
    "curl",
    "git",
    "redis-server",
    "postgresql",
    "mariadb-server",
    "sqlite3",
  ];
  const problem = installNodeModules(root) ?? installSystemPackages(packages);
  if (!problem) return;
  console.error(problem);
  console.log("0 passed, 1 failed");
  process.exit(1);
}

function runAll() {
  const known = Object.keys(LONG_SUITES);
  const lost = known.filter((suite) => !existsSync(join(root, suite)));
  if (lost.length > 0)
    throw new Error(`tests/support/long-suites.mjs names what is not there: ${lost.join(", ")}`);
  const resting = restingSuites();
  console.log(`Resting today: ${resting.length} of ${known.length} long suites (SOAK=1 runs all)`);
  const suites = projects
    .flatMap((name) =>
      readdirSync(join(root, "tests", name), { recursive: true }).map((file) => `tests/${name}/${file}`),
    )
    .filter((file) => file.endsWith(".test.ts") && !resting.includes(file));
  return sum([check(), runProjects(projects, suites)]);
}

function runNamed() {
  const known = names.filter((name) => ["rules", ...projects].includes(name));
  const files = names.filter((name) => !known.includes(name));
  return sum([
    ...(known.length > 0 ? [runProjects(known)] : []),
    ...(files.length > 0 ? [runVitest(root, files)] : []),
  ]);
}

/** In one run of vitest, so that a suite that waits for a program leaves the machine to another. */
function runProjects(names, suites = []) {
  const startedAt = Date.now();
  const words = [...names.flatMap((name) => ["--project", name]), ...suites];
  const counted = runVitest(root, words, { againAlone: true });
  console.log(`${names.join(", ")}: ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return counted;
}

/**
 * File by file, with SOAK=1. What passed with these very sources is not run again after a break. Two soaks of different suites may go side
 * by side: each writes down a suite as it ends.
 */
function runSoak() {
  const file = join(root, "test-results", `soak-${sourceName()}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  for (const suite of soakSuites()) {
    const before = read()[suite];
    if (before?.failed === 0) {
      console.log(`${suite}: passed before the break (${before.passed})`);
      continue;
    }
    const counted = runVitest(root, [suite], { env: { SOAK: "1" } });
    writeFileSync(file, JSON.stringify({ ...read(), [suite]: counted }, null, 2));
  }
  return sum(Object.values(read()));
}

/** Suites that have more to do under SOAK name the variable, or what reads it. */
function soakSuites() {
  const { stdout } = spawnSync(
    "git",
    ["grep", "-l", "-e", "SOAK", "-e", "support/sampled", "--", "*.test.ts"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const suites = [...new Set([...stdout.split("\n").filter(Boolean), ...Object.keys(LONG_SUITES)])];
  return suites.filter((suite) => names.length === 0 || names.some((name) => suite.includes(name)));
}

/** The same sources give the same name, so results never count for a changed program. */
function sourceName() {
  const { stdout } = spawnSync("git", ["ls-files", "-s"], { cwd: root, encoding: "utf8" });
  const changed = spawnSync("git", ["diff", "HEAD"], { cwd: root, encoding: "utf8" }).stdout;
  return createHash("sha256").update(stdout).update(changed).digest("hex").slice(0, 12);
}

function sum(counts) {
  return counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed }), {
    passed: 0,
    failed: 0,
  });
}
