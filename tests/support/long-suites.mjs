/**
 * Suites that take half a minute and more. `npm test` runs a third of them, other ones every day, so that it stays under a quarter of an hour
 * on two cores; each of them every third day. SOAK=1 runs all, and so does naming them. Edit when a suite becomes long (the run prints the slowest).
 */
export const LONG_SUITES = [
  "tests/attacks/client/layers-off.test.ts",
  "tests/attacks/other-repositories.test.ts",
  "tests/attacks/over-ssh.test.ts",
  "tests/attacks/web/redirects.test.ts",
  "tests/attacks/web/secrets-in-logs.test.ts",
  "tests/attacks/web/scripts-in-texts.test.ts",
  "tests/e2e/accessibility.test.ts",
  "tests/e2e/main-job.test.ts",
  "tests/e2e/main-job-browser.test.ts",
  "tests/e2e/people.test.ts",
  "tests/e2e/vault-console.test.ts",
  "tests/e2e/vault.test.ts",
  "tests/e2e/retention.test.ts",
  "tests/e2e/console.test.ts",
  "tests/e2e/console-states.test.ts",
  "tests/e2e/bad-input.test.ts",
  "tests/e2e/second-factor.test.ts",
  "tests/e2e/forgotten-password.test.ts",
  "tests/e2e/oidc.test.ts",
  "tests/e2e/tokens-and-secrets.test.ts",
  "tests/e2e/plans-archives-restore.test.ts",
  "tests/faults/kill-hard.test.ts",
  "tests/faults/honest-sessions.test.ts",
  "tests/programs/keeper-audit.test.ts",
  "tests/programs/keeper-compact.test.ts",
  "tests/programs/keeper.test.ts",
  "tests/programs/gate-filter.test.ts",
  "tests/programs/agent-faults.test.ts",
  "tests/programs/gate.test.ts",
  "tests/programs/keeper-roll-back.test.ts",
  "tests/programs/segment-scan.test.ts",
  "tests/e2e/calendar.test.ts",
  "tests/e2e/looks.test.ts",
  "tests/e2e/plan-options.test.ts",
  "tests/programs/agent-databases.test.ts",
  "tests/programs/agent-database-restore.test.ts",
  "tests/programs/supervisor.test.ts",
  "tests/e2e/alerts.test.ts",
  "tests/e2e/cli.test.ts",
  "tests/programs/keeper-delete.test.ts",
  "tests/programs/keeper-trash.test.ts",
  "tests/programs/keeper-lock-quota.test.ts",
  "tests/programs/keeper-hold.test.ts",
  "tests/e2e/passkeys.test.ts",
  "tests/e2e/repository-care.test.ts",
  "tests/programs/agent-restore.test.ts",
  "tests/programs/agent-backup.test.ts",
  "tests/attacks/web/limits.test.ts",
  "tests/attacks/agent-api/hostile-machine.test.ts",
  "tests/e2e/cli-package.test.ts",
  "tests/programs/keeper-locations.test.ts",
  "tests/programs/keeper-seal.test.ts",
  "tests/e2e/opened-late.test.ts",
  "tests/rooms/schedules/fortnight.test.ts",
];

/** Changes every day; SEED repeats one. As in support/sampled. */
const day = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));

/** The long suites that are not this day's. */
export function restingSuites() {
  if (process.env.SOAK === "1") return [];
  return LONG_SUITES.filter((_, at) => at % 3 !== day % 3);
}
