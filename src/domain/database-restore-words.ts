import { ENGINE_NAMES } from "./option-words";
import type { DatabaseSource } from "./plan-options";
import { formatBytes } from "./quantity";

/** What a restore of a database is about to do, as the wizard's last step says it. */
export interface DatabaseRestorePlan {
  archiveName: string;
  clientName: string;
  engine: DatabaseSource["engine"];
  database: string;
  bytes: number;
  entry: string;
  into: string;
  /** It takes the place of the database of that name. */
  replace: boolean;
  restoreFolder: string | null;
}

/** One sentence for the whole, then what becomes of what is there, then how it is undone. */
export function tellDatabaseRestore(plan: DatabaseRestorePlan): {
  what: string;
  existing: string;
  undo: string;
} {
  const { archiveName, clientName, engine, database, bytes, entry, into, replace } = plan;
  const folder = plan.restoreFolder ?? "the machine's restore folder";
  return {
    what: `Loads the dump of ${database} (${ENGINE_NAMES[engine]}, ${formatBytes(bytes)}) from ${archiveName} into the database ${into} of ${entry} on ${clientName}. The archive stays as it is.`,
    existing: replace
      ? `If there is a database ${into}, it is first dumped into a new folder below ${folder}, and replaced only when that dump and the one of the archive are whole. What was changed in it since the backup is then only in that dump.`
      : `No database is touched: if there is a database ${into} already, nothing is done.`,
    undo: replace
      ? "The job's page names the dump of what was there, and the line that brings it back."
      : `To undo it, drop the database ${into}.`,
  };
}

/**
 * The line that brings the dump of what was there before back, for the machine's own shell; `null` for a dump of unknown kind. To be completed
 * with host and account where the server wants them.
 */
export function undoLine(database: string, safetyDump: string): string | null {
  const [name, file] = [quoted(database), quoted(safetyDump)];
  if (safetyDump.endsWith(".dump")) {
    return `dropdb --force ${name} && createdb -T template0 ${name} && pg_restore --exit-on-error -d ${name} ${file}`;
  }
  if (safetyDump.endsWith(".sql")) {
    const sql = quoted(`drop database ${ticked(database)}; create database ${ticked(database)}`);
    return `mariadb -e ${sql} && mariadb --binary-mode ${name} < ${file}`;
  }
  if (safetyDump.endsWith(".archive")) return `mongorestore --drop --stopOnError --archive=${file}`;
  return null;
}

/** One word of a POSIX shell. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) && !text.startsWith("-")
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

function ticked(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
