/**
 * Suites that take long, with their seconds beside others (the run prints the slowest). `npm test` runs some of them, other ones every day, so
 * that it stays under a quarter of an hour on two cores; SOAK=1 runs all, and so does naming them. Edit when a suite becomes long.
 */
export const LONG_SUITES = {
  "tests/e2e/main-job.test.ts": 164,
  "tests/e2e/accessibility.test.ts": 139,
  "tests/faults/honest-sessions.test.ts": 129,
  "tests/e2e/oidc.test.ts": 119,
  "tests/programs/gate-filter.test.ts": 119,
  "tests/faults/sample.test.ts": 111,
  "tests/e2e/second-factor.test.ts": 108,
  "tests/programs/keeper-roll-back.test.ts": 106,
  "tests/e2e/forgotten-password.test.ts": 100,
  "tests/programs/keeper.test.ts": 88,
  "tests/e2e/calendar.test.ts": 84,
  "tests/programs/agent-faults.test.ts": 83,
  "tests/attacks/web/secrets-in-logs.test.ts": 80,
  "tests/programs/keeper-compact.test.ts": 80,
  "tests/attacks/client/layers-off.test.ts": 72,
  "tests/attacks/other-repositories.test.ts": 66,
  "tests/e2e/looks.test.ts": 66,
  "tests/e2e/people.test.ts": 64,
  "tests/programs/gate.test.ts": 62,
  "tests/e2e/main-job-browser.test.ts": 60,
  "tests/programs/agent-databases.test.ts": 60,
  "tests/e2e/vault-console.test.ts": 59,
  "tests/attacks/web/scripts-in-texts.test.ts": 51,
  "tests/programs/keeper-delete.test.ts": 50,
  "tests/e2e/bad-input.test.ts": 49,
  "tests/programs/segment-scan.test.ts": 49,
  "tests/programs/supervisor.test.ts": 47,
  "tests/attacks/web/redirects.test.ts": 46,
  "tests/e2e/console.test.ts": 46,
  "tests/e2e/console-states.test.ts": 44,
  "tests/attacks/over-ssh.test.ts": 43,
  "tests/e2e/retention.test.ts": 42,
  "tests/e2e/plan-options.test.ts": 42,
  "tests/e2e/alerts.test.ts": 41,
  "tests/programs/keeper-audit.test.ts": 40,
  "tests/programs/agent-restore.test.ts": 38,
  "tests/e2e/cli.test.ts": 37,
  "tests/programs/keeper-hold.test.ts": 36,
  "tests/e2e/repository-care.test.ts": 36,
  "tests/e2e/opened-late.test.ts": 35,
  "tests/e2e/passkeys.test.ts": 33,
  "tests/e2e/cli-package.test.ts": 33,
  "tests/e2e/vault.test.ts": 31,
  "tests/programs/keeper-seal.test.ts": 31,
  "tests/e2e/plans-archives-restore.test.ts": 30,
  "tests/programs/agent-database-restore.test.ts": 30,
  "tests/programs/keeper-lock-quota.test.ts": 30,
  "tests/e2e/journal.test.ts": 29,
  "tests/attacks/agent-api/hostile-machine.test.ts": 28,
  "tests/programs/keeper-trash.test.ts": 27,
  "tests/rooms/jobs/explain.test.ts": 26,
  "tests/e2e/tokens-and-secrets.test.ts": 23,
  "tests/programs/keeper-locations.test.ts": 22,
  "tests/rooms/schedules/fortnight.test.ts": 40,
  "tests/programs/agent-backup.test.ts": 20,
  "tests/attacks/web/limits.test.ts": 13,
  "tests/programs/keeper-move.test.ts": 80,
  "tests/programs/keeper-repair.test.ts": 80,
  "tests/e2e/repository-move-repair.test.ts": 60,
  "tests/programs/agent-mongodb.test.ts": 60,
  "tests/programs/agent-volumes.test.ts": 30,
  "tests/programs/keeper-import.test.ts": 60,
  "tests/programs/keeper-client-quota.test.ts": 45,
  "tests/programs/keeper-read-archive.test.ts": 26,
  "tests/e2e/notifications.test.ts": 27,
  "tests/rooms/alerts/push.test.ts": 30,
  "tests/e2e/browse-archives.test.ts": 70,
  "tests/e2e/downloads.test.ts": 90,
  "tests/e2e/reports.test.ts": 60,
  "tests/e2e/suspicious-run.test.ts": 50,
  "tests/programs/agent-restore-modes.test.ts": 95,
  "tests/programs/agent-sample.test.ts": 25,
  "tests/programs/drill.test.ts": 25,
  "tests/programs/keeper-stream-tar.test.ts": 25,
  "tests/programs/native-reader.test.ts": 50,
  "tests/attacks/restores/escapes.test.ts": 80,
  "tests/attacks/restores/parcel.test.ts": 70,
  "tests/attacks/restores/server-folder.test.ts": 50,
  "tests/rooms/archives/downloads.test.ts": 25,
  "tests/rooms/archives/ordinary-weeks.test.ts": 60,
  "tests/rooms/archives/ransomware.test.ts": 60,
  "tests/rooms/archives/suspicions.test.ts": 30,
  "tests/rooms/reports/drills.test.ts": 30,
  "tests/rooms/restores/another-client.test.ts": 25,
  "tests/programs/agent-update.test.ts": 51,
  "tests/programs/agent-update-faults.test.ts": 55,
  "tests/programs/agent-update-kills.test.ts": 40,
  "tests/programs/agent-launcher.test.ts": 22,
  "tests/programs/agent-drill.test.ts": 34,
  "tests/e2e/drill-onto-client.test.ts": 30,
  "tests/rooms/restores/drill-onto-client.test.ts": 20,
  "tests/e2e/updates.test.ts": 40,
  "tests/attacks/updates/hostile-releases.test.ts": 24,
  "tests/e2e/restore-wizard.test.ts": 95,
};

/** What the long suites of one day may take together. */
const SECONDS_A_DAY = 450;

/** Changes every day; SEED repeats one. As in support/sampled. */
const day = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));

/** The long suites that are not this day's. */
export function restingSuites() {
  if (process.env.SOAK === "1") return [];
  const groups = dailyGroups();
  const today = groups[day % groups.length];
  return Object.keys(LONG_SUITES).filter((suite) => !today.suites.includes(suite));
}

/** Every long suite in one group, longest first, each to the group with the least to do. */
function dailyGroups() {
  const suites = Object.entries(LONG_SUITES).sort(([, a], [, b]) => b - a);
  const total = suites.reduce((sum, [, seconds]) => sum + seconds, 0);
  const groups = Array.from({ length: Math.ceil(total / SECONDS_A_DAY) }, () => ({ seconds: 0, suites: [] }));
  for (const [suite, seconds] of suites) {
    const group = groups.reduce((least, one) => (one.seconds < least.seconds ? one : least));
    group.seconds += seconds;
    group.suites.push(suite);
  }
  return groups;
}
