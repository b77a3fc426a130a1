import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs vitest with the given words and counts. A file that could not be loaded, an unhandled error and a vitest that died each count
 * as one failure, so that a broken suite is never taken for an empty one.
 */
export function runVitest(root, words, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bbs-vitest-"));
  const report = join(folder, "report.json");
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      ...["run", "--passWithNoTests", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      ...words,
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, ...env } },
  );
  const counted = existsSync(report)
    ? count(JSON.parse(readFileSync(report, "utf8")))
    : { passed: 0, failed: 0 };
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  return counted;
}

function count({ numPassedTests, numFailedTests, testResults }) {
  const unloaded = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}
