/**
 * The command line that runs another one, as root on Linux, in a view of this machine in which only two folders can be written: `target`, shown at the
 * empty folder `view`, where the command begins, and `own` (borg's). A mount namespace with everything else read-only, no devices but the
 * harmless ones, and no /proc (whose `root` links lead out again). Why: borg 1.2.4 and 1.4.0 follow links that they extracted a moment ago.
 */
export function confined(
  place: {
    target: string;
    /** `device:inode` of the folder that is meant; another one by that name is refused. */
    identity: string;
    view: string;
    own: string;
    /** With this no link is followed in the target, whoever made it (Linux 5.10). */
    followsNoLinks: boolean;
  },
  command: readonly string[],
): string[] {
  const { target, identity, view, own } = place;
  const options = place.followsNoLinks ? "nodev,nosymfollow" : "nodev";
  const unshare = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", CONFINE, "sh"];
  return [...unshare, target, identity, view, own, options, ...command];
}

/** A command that ends well where {@link confined} can be had; with `nosymfollow` where links need not be followed. */
export function confinementTrial(given: { followsNoLinks: boolean }): string[] {
  const options = given.followsNoLinks ? "-o nosymfollow" : "";
  const script = `mount -t tmpfs ${options} bbs-try /tmp && command -v mknod setpriv`;
  return ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script];
}

// What is mounted below the target comes along. Its name could lead elsewhere by now, and a descriptor cannot be bound in another namespace:
// so it is bound by name, and has to be the folder that is held open.
const CONFINE = `
set -uf
IFS='
'
fail() { echo "The restore could not be confined to its folder: $1" >&2; exit 99; }
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
