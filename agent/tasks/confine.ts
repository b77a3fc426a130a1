import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import type { PinnedFolder } from "../restore/pinned-folder";

/** Puts a command into the confinement; it begins in the folder that it may write to. */
export type Confine = (command: string[]) => string[];

/**
 * Puts a command into a view of this machine in which only `target` and `own` (borg's folder) can be written: a mount namespace with everything
 * else read-only, no devices but the harmless ones, and no /proc (whose `root` links lead out again). The target is shown at `view`, an
 * empty folder of the agent's: there no link is followed, whoever made it (Linux 5.10), and with `mayMakeDevices` false no device can be made.
 *
 * Why: borg 1.2.4 and 1.4.0 follow a link that they restored a moment ago, or that a user of this machine puts in the place of a folder.
 * A server that knows the passphrase can forge an archive with `x -> /etc/cron.d` and `x/evil`, and would so write as root wherever it
 * likes. Inside, that write fails.
 *
 * Needs Linux and root. `null` where it cannot be done, or where links would be followed in a target that is the whole machine; the
 * caller then says so.
 */
export async function confinement(given: {
  target: PinnedFolder;
  view: string;
  own: string;
  mayMakeDevices: boolean;
}): Promise<Confine | null> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const { target, view, own } = given;
  const followsNoLinks = await canMount("-o nosymfollow");
  if (!followsNoLinks && (target.real === "/" || !(await canMount("")))) return null;
  await mkdir(view, { recursive: true, mode: 0o700 });
  const options = followsNoLinks ? "nodev,nosymfollow" : "nodev";
  const { dev, ino } = await target.handle.stat({ bigint: true });
  const keeping = given.mayMakeDevices ? [] : ["setpriv", "--bounding-set=-mknod", "--inh-caps=-mknod", "--"];
  const unshare = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", CONFINE, "sh"];
  return (command) => [
    ...unshare,
    ...[target.real, `${dev}:${ino}`, view, own, options],
    ...[...keeping, ...command],
  ];
}

// What is mounted below the target comes along. Its name could lead elsewhere by now, and a descriptor cannot be bound in another namespace:
// so it is bound by name, and has to be the folder that is held open.
const CONFINE = `
set -uf
IFS='
'
fail() { echo "The restore could not be confined to its folder: $1" >&2; exit 125; }
target=$1 identity=$2 view=$3 own=$4 options=$5; shift 5
mount --bind "$own" "$own" || fail "$own"
mount --rbind "$target" "$view" || fail "$target"
[ "$(stat -c %d:%i "$view")" = "$identity" ] || fail "$target is another folder now"
mounts=$(cut -d ' ' -f 5,6 /proc/self/mountinfo) || fail mountinfo
for mount in $mounts; do
  point=$(printf '%b' "\${mount% *}")
  case \${mount##* } in ro | ro,*) kept=ro, ;; *) kept= ;; esac
  case $point in
    "$view/proc" | "$view/proc/"* | "$view/dev" | "$view/dev/"* | "$view/sys" | "$view/sys/"*)
      umount -l "$point" 2>/dev/null ;;
    "$view" | "$view/"*)
      mount -o "remount,bind,$kept$options" none "$point" 2>/dev/null || umount -l "$point" || fail "$point" ;;
    /proc | /proc/* | /dev | /dev/* | "$own" | "$own/"*) ;;
    *) mount -o remount,bind,ro,nodev none "$point" 2>/dev/null || umount -l "$point" || fail "$point" ;;
  esac
done
mount -o remount,bind,nodev none "$own" || fail "$own"
mount -t tmpfs -o mode=755,size=64k bbs-dev /dev || fail /dev
mknod -m 666 /dev/null c 1 3 && mknod -m 666 /dev/zero c 1 5 && mknod -m 666 /dev/urandom c 1 9 || fail /dev
mount -o remount,ro bbs-dev /dev || fail /dev
mount -t tmpfs -o ro,size=4k bbs-proc /proc || fail /proc
cd "$view" || fail "$view"
exec "$@"
`;

function canMount(options: string): Promise<boolean> {
  const script = `mount -t tmpfs ${options} bbs-try /tmp && command -v mknod setpriv`;
  const args = ["--mount", "--propagation", "private", "/bin/sh", "-c", script];
  return new Promise((resolve) =>
    execFile("unshare", args, { timeout: 10_000 }, (error) => resolve(error === null)),
  );
}
