import { ENGINE_NAMES } from "./option-words";
import type { DatabaseSource } from "./plan-options";

type Engine = DatabaseSource["engine"];

/** How one database of a backup fared (protocol v1). */
export interface DumpOutcome {
  source: string;
  database: string;
  path: string | null;
  bytes: number;
  problem: string | null;
}

/** One database server of a machine's policy, as the machine shows it. */
export interface PolicyEntry {
  name: string;
  engine: Engine;
  restore: boolean;
}

/**
 * Why a dump cannot be put back into a database from here, in words; null: it can. `engine` null: it is not known what it is. What is no
 * database of its own (roles, accounts) and what is a file (SQLite) is brought back by hand.
 */
export function whyNotRestorable(outcome: DumpOutcome, engine: Engine | null): string | null {
  if (outcome.problem !== null) return `It is not in this archive: ${outcome.problem}`;
  if (outcome.path === null || engine === null)
    return "It is not known what this is. Restore databases.tar instead.";
  if (engine === "sqlite") {
    return `A file: restore databases.tar, then take it out with tar -xOf databases.tar ${outcome.path}`;
  }
  if (outcome.path.endsWith("/globals.sql") || (engine === "mongodb" && outcome.database === "admin")) {
    return "Accounts and roles of the whole server: restore databases.tar and run what you need of them by hand.";
  }
  return null;
}

/** The entries of a policy that may take a dump of an engine back, the one it was read through first. */
export function entriesFor(
  engine: Engine,
  entries: readonly PolicyEntry[],
  readThrough: string | null,
): string[] {
  const names = entries.filter((one) => one.engine === engine && one.restore).map(({ name }) => name);
  return names.sort((a, b) => Number(b === readThrough) - Number(a === readThrough));
}

/** Why no entry may, naming the line of the machine's policy file that decides it. */
export function whyNoEntry(clientName: string, engine: Engine, entries: readonly PolicyEntry[]): string {
  const closed = entries
    .filter((one) => one.engine === engine)
    .map(({ name }) => `databases.${name}.restore`);
  const what = ENGINE_NAMES[engine];
  return closed.length > 0
    ? `The policy of ${clientName} lets no ${what} server be written to. In policy.json on the machine set ${closed.join(" or ")} to true.`
    : `The policy of ${clientName} has no ${what} server. In policy.json on the machine add one under databases, with "restore": true.`;
}

/** Letters that MongoDB's tools take in a name. */
const MONGO_NAME = /^[^\p{C}\s/\\."$*<>:|?]+$/u;

/** Why a database cannot have this name, in words; null: it can. The machine may still find it taken. */
export function whyNameUnusable(engine: Engine, name: string): string | null {
  if (name.trim() === "") return "Type a name.";
  if (new TextEncoder().encode(name).length > 63) return "Use at most 63 bytes.";
  if (/\p{Cc}/u.test(name)) return "Use letters that can be seen.";
  if (engine !== "mongodb") return null;
  if (["admin", "config", "local"].includes(name)) return `${name} is MongoDB's own.`;
  return MONGO_NAME.test(name) ? null : 'Leave out blanks and / \\ . " $ * < > : | ?';
}

/** A name for a copy that is allowed wherever the database's own is. */
export function copyName(database: string): string {
  const short = [...database].slice(0, 50).join("");
  return `${short}_copy`;
}
