import type { DrillScope } from "./drill";
import { NO_OPTIONS } from "./no-options";
import type { DatabaseSource, PlanDrill, PlanHook, PlanObjectives, PlanOptions } from "./plan-options";
import { formatDuration, formatRate } from "./quantity";
import { sayWeekdays } from "./weekday-words";

export const ENGINE_NAMES = {
  postgresql: "PostgreSQL",
  mysql: "MySQL or MariaDB",
  mongodb: "MongoDB",
  sqlite: "SQLite",
} as const satisfies Record<DatabaseSource["engine"], string>;

/** A limit in KiB/s as people read it: `5.00 MiB/s`; null: `without a limit`. */
export function sayLimit(kibPerSecond: number | null): string {
  return kibPerSecond === null ? "without a limit" : `at most ${formatRate(kibPerSecond * 1024)}`;
}

/** How fast a plan uploads: `without a limit`, `at most 5.00 MiB/s, but Mon to Fri 08:00 to 18:00 at most 1.00 MiB/s`. */
export function sayUpload(options: Pick<PlanOptions, "uploadKibPerSecond" | "uploadWindows">): string {
  const windows = options.uploadWindows.map(
    ({ weekdays, from, to, kibPerSecond }) =>
      `${sayWeekdays(weekdays)} ${from === to ? "all day" : `${from} to ${to}`} ${sayLimit(kibPerSecond)}`,
  );
  const usual = sayLimit(options.uploadKibPerSecond);
  return windows.length === 0 ? usual : `${usual}, but ${windows.join(", ")}`;
}

/** `PostgreSQL crm (all databases)`, `SQLite app (/srv/app.db)`. */
export function sayDatabase(source: Pick<DatabaseSource, "engine" | "name" | "databases">): string {
  const which = source.databases.length === 0 ? "all databases" : source.databases.join(", ");
  return `${ENGINE_NAMES[source.engine]} ${source.name} (${which})`;
}

/** Where the password of a database source is, in a few words. Never the password, which we do not have. */
export function sayCredentials(credentials: DatabaseSource["credentials"]): string {
  switch (credentials.kind) {
    case "none":
      return "the agent's own account may read it";
    case "local":
      return `credentials “${credentials.name}” on the machine`;
    case "sealed":
      return "password sealed to the machine";
  }
}

/** The hooks of one side: `quiesce, then flush`; none: `nothing`. */
export function sayHooks(hooks: readonly PlanHook[]): string {
  if (hooks.length === 0) return "nothing";
  return hooks
    .map(({ name, onFailure, timeoutSeconds }) =>
      onFailure === "abort"
        ? `${name} (ends the backup if it fails or takes longer than ${formatDuration(timeoutSeconds)})`
        : `${name} (for at most ${formatDuration(timeoutSeconds)})`,
    )
    .join(", then ");
}

/** How the living machine is treated meanwhile: snapshots. */
export function saySnapshot(snapshot: PlanOptions["snapshot"]): string {
  switch (snapshot) {
    case "none":
      return "files as they are at that moment";
    case "if-possible":
      return "a snapshot of the file system where one can be made";
    case "required":
      return "a snapshot of the file system only";
  }
}

const FILES_CACHE_WORDS = {
  "ctime,size,inode": "by change time, size and inode",
  "mtime,size,inode": "by modification time, size and inode",
  "ctime,size": "by change time and size",
  "mtime,size": "by modification time and size",
  disabled: "by reading every file",
} as const satisfies Record<PlanOptions["filesCache"], string>;

/** How borg finds out which files changed. */
export function sayFilesCache(mode: PlanOptions["filesCache"]): string {
  return FILES_CACHE_WORDS[mode];
}

/** The options of borg itself that differ from its own defaults, one phrase each; empty: none does. */
export function borgOptionWords(options: PlanOptions): string[] {
  return [
    options.checkpointMinutes === null
      ? null
      : `a checkpoint every ${formatDuration(options.checkpointMinutes * 60)}`,
    options.filesCache === NO_OPTIONS.filesCache
      ? null
      : `changes found ${sayFilesCache(options.filesCache)}`,
    options.numericIds ? "owners by number" : null,
    options.noAcls ? "no access control lists" : null,
    options.noXattrs ? "no extended attributes" : null,
    options.noFlags ? "no file flags" : null,
    options.sparse ? "holes of sparse files kept apart" : null,
    options.excludeIfPresent.length === 0
      ? null
      : `without directories that hold ${options.excludeIfPresent.join(" or ")}`,
    options.keepExcludeTags ? "the mark of a left-out directory is kept" : null,
  ].filter((words) => words !== null);
}

/** What a plan promises: `a new archive every 24 h; a proven restore every 30 days`; `nothing`. */
export function sayObjectives({ rpoHours, restoreProvenDays, offsiteHours }: PlanObjectives): string {
  const promises = [
    rpoHours === null ? null : `a new archive every ${formatDuration(rpoHours * 3600)}`,
    restoreProvenDays === null
      ? null
      : `a proven restore every ${restoreProvenDays === 1 ? "day" : `${restoreProvenDays} days`}`,
    offsiteHours === null ? null : `a copy off site every ${formatDuration(offsiteHours * 3600)}`,
  ].filter((promise) => promise !== null);
  return promises.length === 0 ? "nothing" : promises.join(" and ");
}

/** When drills come: `every week`, `every 10 days`. */
export function sayDrillEvery(everyDays: number): string {
  const named: Record<number, string> = { 1: "day", 7: "week", 30: "month", 90: "quarter" };
  return `every ${named[everyDays] ?? `${everyDays} days`}`;
}

/** What a drill reads: `2 canaries and 10 files drawn by seed`. */
export function sayDrillScope(
  drill: Pick<PlanDrill, "scope" | "files"> & { canaries: readonly string[] },
): string {
  const canaries = drill.canaries.length;
  const named = canaries === 0 ? null : `${canaries} ${canaries === 1 ? "canary" : "canaries"}`;
  const words: Record<DrillScope, (string | null)[]> = {
    canaries: [named ?? "the canaries"],
    random: [named, `${drill.files} ${drill.files === 1 ? "file" : "files"} drawn by seed`],
    everything: ["everything"],
  };
  return words[drill.scope].filter((one) => one !== null).join(" and ");
}

/** Which drills a plan makes by itself: `every month 10 files drawn by seed`, `every week everything onto another machine`; `none`. */
export function sayDrill(drill: PlanDrill | null): string {
  if (drill === null) return "none";
  const where = drill.onto === undefined ? "" : " onto another machine";
  return `${sayDrillEvery(drill.everyDays)} ${sayDrillScope(drill)}${where}`;
}
