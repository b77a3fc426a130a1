/** What one plan reads, as far as it decides about gaps. */
export interface ReadingPlan {
  sources: readonly string[];
  oneFileSystem: boolean;
  /** Engines of the databases that it dumps into its archives. */
  engines: readonly string[];
}

/** Folders of databases by the engine whose dump stands in for them. */
const FOLDERS_OF_ENGINE: Record<string, readonly string[]> = {
  postgresql: ["/var/lib/postgresql", "/var/lib/pgsql"],
  mysql: ["/var/lib/mysql", "/var/lib/mariadb"],
  mongodb: ["/var/lib/mongodb", "/var/lib/mongo"],
};

/**
 * Whether a path that a machine found uncovered is covered by now, as far as the server can tell: by a directory that is it or, unless the
 * plan stays on one file system, holds it; or, for the folder of a database, by a dump of that database.
 */
export function isGapClosed(gap: { path: string; kind: string }, plans: readonly ReadingPlan[]): boolean {
  return plans.some((plan) => {
    const dumps = plan.engines.some((engine) => FOLDERS_OF_ENGINE[engine]?.includes(gap.path));
    return dumps || plan.sources.some((source) => holds(source, gap.path, !plan.oneFileSystem));
  });
}

function holds(source: string, path: string, alsoBelow: boolean): boolean {
  const base = source.replace(/\/+$/, "");
  return path === base || path === source || (alsoBelow && path.startsWith(`${base}/`));
}
