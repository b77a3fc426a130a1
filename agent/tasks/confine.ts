import { execFile } from "node:child_process";

/**
 * Puts a command into a view of this machine in which only `writable` can be written: a mount namespace with everything else
 * read-only, no devices but the harmless ones, and no /proc (whose `root` links lead out again).
 *
 * Why: borg 1.2.4 and 1.4.0 follow a link that they restored a moment ago. A server that knows the passphrase can forge an archive
 * with `x -> /etc/cron.d` and `x/evil`, and would so write as root wherever it likes. Inside, that write fails.
 *
 * Needs Linux and root. `null` where it cannot be done; the caller then says so.
 */
export async function confinement(
  writable: readonly [string, ...string[]],
): Promise<((command: string[]) => string[]) | null> {
  // Everything is writable: nothing to confine to.
  if (process.platform !== "linux" || process.getuid?.() !== 0 || writable.includes("/")) return null;
  if (!(await canUnshare())) return null;
  return (command) => [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "/bin/sh",
    "-c",
    CONFINE,
    "sh",
    String(writable.length),
    ...writable,
    ...command,
  ];
}

// The first writable folder becomes the working folder again: the inherited one belongs to the mount that is now read-only.
const CONFINE = `
set -uf
IFS='
'
fail() { echo "The restore could not be confined to its folder: $1" >&2; exit 125; }
count=$1; shift
first=$1
writable=
while [ "$count" -gt 0 ]; do
  mount --bind "$1" "$1" || fail "$1"
  writable="$writable
$1/"
  shift; count=$((count - 1))
done
keep() {
  for folder in $writable; do
    case "$1/" in "$folder"*) return 0 ;; esac
  done
  return 1
}
mounts=$(cut -d ' ' -f 5 /proc/self/mountinfo) || fail mountinfo
for point in $mounts; do
  case $point in /proc | /proc/* | /dev | /dev/*) continue ;; esac
  point=$(printf '%b' "$point")
  keep "$point" && continue
  mount -o remount,bind,ro,nodev none "$point" 2>/dev/null || umount -l "$point" || fail "$point"
done
for folder in $writable; do
  mount -o remount,bind,nodev none "\${folder%/}" || fail "$folder"
done
mount -t tmpfs -o mode=755,size=64k bbs-dev /dev || fail /dev
mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5 && mknod -m 666 /dev/urandom c 1 9 || fail /dev
mount -o remount,ro bbs-dev /dev || fail /dev
mount -t tmpfs -o ro,size=4k bbs-proc /proc || fail /proc
cd "$first" || fail "$first"
exec "$@"
`;

function canUnshare(): Promise<boolean> {
  const args = [
    "--mount",
    "--propagation",
    "private",
    "/bin/sh",
    "-c",
    "mount -t tmpfs bbs-try /tmp && command -v mknod",
  ];
  return new Promise((resolve) =>
    execFile("unshare", args, { timeout: 10_000 }, (error) => resolve(error === null)),
  );
}
