import { formatBytes } from "~/domain/quantity";
import type { DatabaseOutcome } from "~/protocol/backup-extras";

/** How each database of a backup fared: the size of its dump, or why there is none. */
export function JobDatabases({ databases }: { databases: readonly DatabaseOutcome[] }) {
  if (databases.length === 0) return null;
  return (
    <div className="grid gap-2">
      <h3 className="font-medium">Databases</h3>
      <ul className="max-h-72 divide-y overflow-auto rounded-md border">
        {databases.map(({ source, database, bytes, problem }) => (
          <li key={`${source} ${database}`} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-2">
            <span className="break-all">
              {database} <span className="text-ink-soft">of {source}</span>
            </span>
            <span className="break-words text-ink-soft">
              {problem === null ? `dumped whole, ${formatBytes(bytes)}` : `not backed up: ${problem}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
