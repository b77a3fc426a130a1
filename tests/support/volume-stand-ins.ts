import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Stands for LVM and ZFS, of which this kernel has neither: programs under their names that check nothing but do what the real ones would be
 * asked to do, with a copy of the folder as the snapshot. A logical volume that is still mounted is not removed, as with the real one. That
 * the real ones take these words is not shown.
 */
const PROGRAM = `#!/bin/sh
state=STATE
volume=VOLUME
name=$(basename "$0")
# An agent that was started in a view of its own sees these; what is not meant for them is for the real ones.
said() { echo "$name $*" >> "$state/told"; }
for last; do :; done
case $name in
findmnt)
  case $last in
  --target=$volume*)
    said "$*"
    printf '{"filesystems":[{"target":"%s","source":"%s","fstype":"%s","fsroot":"/"}]}' "$volume" "$(cat $state/source)" "$(cat $state/fstype)"
    exit ;;
  esac
  exec /usr/bin/findmnt "$@" ;;
mount)
  case $1 in -t)
    said "$*"
    exec /bin/mount --bind "$state/frozen" "$last" ;;
  esac
  exec /bin/mount "$@" ;;
umount) said "$*"; exec /bin/umount "$@" ;;
lvs)
  said "$*"
  case "$*" in
  *snap_percent*) printf '{"report":[{"lv":[{"lv_attr":"swi-aos---","snap_percent":"%s"}]}]}' "$(cat $state/percent)" ;;
  *origin*)
    rows=$(while read -r lv origin; do printf ',{"lv_name":"%s","lv_attr":"swi-a-s---","origin":"%s"}' "$lv" "$origin"; done < "$state/volumes")
    printf '{"report":[{"lv":[{"lv_name":"data","lv_attr":"owi-aos---","origin":""}%s]}]}' "$rows" ;;
  *) printf '{"report":[{"lv":[{"vg_name":"vg0","lv_name":"data","lv_attr":"-wi-ao----","segtype":"%s","vg_free":"2048.00"}]}]}' "$(cat $state/segtype)" ;;
  esac ;;
lvcreate)
  said "$*"
  [ -e "$state/broken" ] && { echo "Insufficient free space" >&2; exit 5; }
  rm -rf "$state/frozen"; cp -a "$volume" "$state/frozen"
  echo after > "$volume/data/file"
  echo "$(echo "$3" | sed 's/--name=//') data" >> "$state/volumes" ;;
lvremove)
  said "$*"
  grep -q "STATE/frozen\\|agent/state/snapshots" /proc/self/mountinfo && { echo "Logical volume vg0/data contains a filesystem in use." >&2; exit 5; }
  sed -i "/^$(basename "$last") /d" "$state/volumes" ;;
zfs)
  said "$*"
  case "$*" in
  *"-t filesystem"*) printf 'tank/data\\tyes\\n' ;;
  *"-t snapshot"*) cat "$state/volumes" ;;
  snapshot*)
    at="$volume/.zfs/snapshot/\${2#*@}"
    mkdir -p "$at"
    [ -e "$state/broken" ] || { /bin/mount -t tmpfs none "$at" && cp -a "$volume/data" "$at/"; }
    echo after > "$volume/data/file"
    echo "$2" >> "$state/volumes" ;;
  destroy*)
    /bin/umount "$volume/.zfs/snapshot/\${2#*@}" 2>/dev/null
    sed -i "\\\\#^$2\\$#d" "$state/volumes" ;;
  esac ;;
esac
`;

export interface VolumeStandIns {
  /** The folder that is said to be mounted. */
  volume: string;
  /** Starts a program so that it finds these before the real ones, in a view of its own. */
  under: string[];
  /** Each call, program first, since the last time that one asked. */
  told(): string[];
  /** The snapshots that are there. */
  snapshots(): string[];
  /** Sets what they answer: a device or dataset, a kind of file system, a fill, a kind of volume; `broken` exists or not. */
  set(what: "source" | "fstype" | "percent" | "segtype" | "broken" | "volumes", value: string | null): void;
}

export function makeVolumeStandIns(folder: string): VolumeStandIns {
  const [state, volume, programs] = ["standing", "volume", "stand-ins"].map((name) => join(folder, name));
  if (!state || !volume || !programs) throw new Error("no folders");
  for (const path of [state, join(volume, "data"), programs]) mkdirSync(path, { recursive: true });
  const program = join(programs, "lvs");
  writeFileSync(program, PROGRAM.replaceAll("STATE", state).replaceAll("VOLUME", volume));
  chmodSync(program, 0o755);
  for (const name of ["lvcreate", "lvremove", "zfs", "findmnt", "mount", "umount"]) {
    linkSync(program, join(programs, name));
  }
  const set: VolumeStandIns["set"] = (what, value) =>
    value === null ? rmSync(join(state, what), { force: true }) : writeFileSync(join(state, what), value);
  set("percent", "3.10");
  set("segtype", "linear");
  set("volumes", "");
  const read = (name: string) =>
    existsSync(join(state, name)) ? readFileSync(join(state, name), "utf8") : "";
  const lines = (text: string) => text.split("\n").filter((line) => line !== "");
  return {
    volume,
    under: ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /usr/local/sbin && exec "$@"', programs],
    told() {
      const said = lines(read("told"));
      rmSync(join(state, "told"), { force: true });
      return said;
    },
    snapshots: () => lines(read("volumes")),
    set,
  };
}
