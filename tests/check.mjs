/**
 * The fast gate, `npm run check`: types, lint and format, dependency rules, rule tests. Under a minute. `npm test` runs it first.
 * Last line: `N passed, N failed`; every step counts as one test beside the rule tests.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runVitest } from "./support/run-vitest.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (path) => join(root, "node_modules", path);

const steps = {
  types: [bin("typescript-native/bin/tsc"), "--noEmit", "-p", "."],
  lint: [bin("@biomejs/biome/bin/biome"), "check", "."],
  "dependency rules": [
    bin("dependency-cruiser/bin/dependency-cruise.mjs"),
    ...["--config", ".dependency-cruiser.cjs", "--output-type", "err", "src", "agent", "tests"],
  ],
};

/** Runs the steps and the rule tests; prints what failed. Answers how many passed and failed. */
export function check() {
  const total = { passed: 0, failed: 0 };
  for (const [name, words] of Object.entries(steps)) {
    const startedAt = Date.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
    if (status === 0) total.passed++;
    else {
      total.failed++;
      console.log(`${stdout}${stderr}`);
    }
  }
  const rules = runVitest(root, ["--project", "rules"]);
  return { passed: total.passed + rules.passed, failed: total.failed + rules.failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = check();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
