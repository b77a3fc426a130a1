import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inMemory } from "./in-memory.mjs";

/** More failing files than this are no matter of a busy machine. */
const MOST_AGAIN = 3;

/**
 * Runs vitest with the given words and counts. A file that could not be loaded, an unhandled error and a vitest that died each count
 * as one failure, so that a broken suite is never taken for an empty one.
 *
 * `againAlone`: a few files that failed beside others are run once more by themselves, and that counts; the first failure stays in the
 * output, with a line that names the file. Never a suite of attacks: one that succeeds once has succeeded.
 */
export function runVitest(root, words, { env = {}, againAlone = false } = {}) {
  const first = runOnce(root, words, env);
  const again = first.failedFiles.filter((file) => !file.includes("/tests/attacks/"));
  if (!againAlone || again.length === 0 || again.length > MOST_AGAIN) return first;
  const second = runOnce(root, again, env);
  for (const file of again) {
    const verdict = second.failedFiles.includes(file) ? "fails alone too" : "passes alone";
    console.log(`FAILED BESIDE OTHERS, ${verdict}: ${file.replace(`${root}/`, "")}`);
  }
  const replaced = again.reduce((sum, file) => sum + (first.failedIn[file] ?? 0), 0);
  return { passed: first.passed + replaced - second.failed, failed: first.failed - replaced + second.failed };
}

function runOnce(root, words, env) {
  const folder = mkdtempSync(join(tmpdir(), "bbs-vitest-"));
  const report = join(folder, "report.json");
  const [program, ...args] = [
    ...inMemory(),
    ...[process.execPath, join(root, "node_modules/vitest/vitest.mjs")],
    ...["run", "--passWithNoTests", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    ...words,
  ];
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const results = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : null;
  const counted = results ? count(results) : { passed: 0, failed: 0, failedFiles: [], failedIn: {} };
  if (results) printSlowest(results);
  if (results) printAttacks(results);
  if (results) printFailures(results);
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  return counted;
}

function count({ numPassedTests, numFailedTests, testResults }) {
  const unloaded = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((one) => one.status === "failed"),
  );
  const failedFiles = testResults.filter((file) => file.status === "failed");
  return {
    passed: numPassedTests,
    failed: numFailedTests + unloaded.length,
    failedFiles: failedFiles.map((file) => file.name),
    failedIn: Object.fromEntries(
      failedFiles.map(({ name, assertionResults }) => [
        name,
        Math.max(1, assertionResults.filter((one) => one.status === "failed").length),
      ]),
    ),
  };
}

/** Where the time goes, for who wants to keep the whole run short. */
function printSlowest({ testResults }) {
  const timed = testResults
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1000) }))
    .filter(({ seconds }) => seconds >= 20)
    .sort((a, b) => b.seconds - a.seconds);
  for (const { name, seconds } of timed.slice(0, 12))
    console.log(`${String(seconds).padStart(4)} s ${name.replace(`${process.cwd()}/`, "")}`);
}

/** One line per attack on the web and the agent protocol, and a total. What a test calls a control is what must go on working beside it. */
function printAttacks({ testResults }) {
  const attacks = testResults
    .filter(({ name }) => /\/tests\/attacks\/(web|agent-api)\//.test(name))
    .flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status, title }) => status !== "skipped" && !title.startsWith("control"))
        .map(({ status, ancestorTitles, title }) => ({
          refused: status === "passed",
          words: [name.replace(/.*\/attacks\/|\.test\.ts$/g, ""), ...ancestorTitles, title].join(": "),
        })),
    );
  if (attacks.length === 0) return;
  for (const { refused, words } of attacks)
    console.log(`${refused ? "refused    " : "NOT REFUSED"} ${words}`);
  console.log(`${attacks.length} attacks, ${attacks.filter(({ refused }) => refused).length} refused`);
}

/** Once more at the end, for who sees only the last lines of a long output. */
function printFailures({ testResults }) {
  for (const { name, status, message, assertionResults } of testResults) {
    if (status !== "failed") continue;
    const file = name.replace(`${process.cwd()}/`, "");
    const failed = assertionResults.filter((one) => one.status === "failed");
    if (failed.length === 0) console.log(`FAILED ${file}: ${firstLine(message)}`);
    for (const { fullName, failureMessages } of failed)
      console.log(`FAILED ${file}: ${fullName}: ${firstLine(failureMessages[0])}`);
  }
}

function firstLine(text = "") {
  return text.split("\n", 1)[0].slice(0, 300);
}
