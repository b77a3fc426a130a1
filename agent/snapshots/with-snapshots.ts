/** A folder of a snapshot that is to be seen at the place it shows. */
export type View = { from: string; target: string };

/**
 * Puts a command into a view of this machine in which the sources show their snapshots, at their own places: paths in the archive and borg's
 * memory of unchanged files stay what they are. The view goes with the command.
 */
export function withSnapshots(views: readonly View[], command: readonly string[]): string[] {
  if (views.length === 0) return [...command];
  const pairs = views.flatMap(({ from, target }) => [from, target]);
  const unshare = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", SHOW, "sh"];
  return [...unshare, String(views.length), ...pairs, ...command];
}

const SHOW = `
set -u
count=$1; shift
while [ "$count" -gt 0 ]; do
  mount --bind "$1" "$2" || { echo "The snapshot $1 could not be shown at $2." >&2; exit 125; }
  shift 2; count=$((count - 1))
done
exec "$@"
`;
