import { lstatSync } from "node:fs";
import type { Attack } from "../attack";

const of = (attack: Omit<Attack, "family" | "stock">): Attack => ({
  ...{ family: "shell", stock: "append-only" },
  ...attack,
});

/** Runs this as the account that serves the repository (`$1`); what it did is seen in the repository. */
const script =
  (text: string): Attack["run"] =>
  async (attacker) => {
    await attacker.shell(text);
    return null;
  };

const SEGMENTS = 'find "$1/data" -type f -size +17c';

/** A shell as the account that serves: what the file system lets it do to sealed files. */
export const shellAttacks: Attack[] = [
  of({
    ...{
      id: "shell-remove-all",
      title: "rm -rf of everything in the repository",
      layers: ["accounts", "audit"],
    },
    run: script('rm -rf "$1"/* "$1"/data/*'),
  }),
  of({
    ...{ id: "shell-remove-segments", title: "rm of the segments only", layers: ["accounts", "audit"] },
    run: script(`${SEGMENTS} -delete`),
  }),
  of({
    ...{ id: "shell-truncate", title: "segments truncated to nothing", layers: ["accounts", "audit"] },
    run: script(`${SEGMENTS} -exec truncate -s 0 {} +`),
  }),
  of({
    ...{ id: "shell-append", title: "bytes appended to committed segments", layers: ["accounts", "audit"] },
    run: script(`${SEGMENTS} -exec sh -c 'for f; do head -c 64 /dev/urandom >>"$f"; done' sh {} +`),
  }),
  of({
    ...{
      id: "shell-flip",
      title: "a byte changed in the middle, size and time kept",
      layers: ["accounts", "audit"],
    },
    run: script(
      `${SEGMENTS} | while read -r f; do touch -r "$f" /tmp/bbs-flip.$$; printf X | dd of="$f" bs=1 seek=200 conv=notrunc 2>/dev/null; touch -r /tmp/bbs-flip.$$ "$f"; done; rm -f /tmp/bbs-flip.$$`,
    ),
  }),
  of({
    ...{
      id: "shell-swap-names",
      title: "two segments under each other's name",
      layers: ["accounts", "audit"],
    },
    run: script(
      `s=$(${SEGMENTS} | sort -V); set -- "$1" $(echo "$s" | head -1) $(echo "$s" | tail -1); mv "$2" "$2.x" && mv "$3" "$2" && mv "$2.x" "$3"; rm -f "$1"/index.* "$1"/hints.*`,
    ),
  }),
  of({
    ...{ id: "shell-move-folder", title: "the folder of segments renamed", layers: ["accounts", "audit"] },
    run: script('mv "$1/data/0" "$1/data/gone"; mv "$1/data" "$1/data-gone"'),
  }),
  of({
    ...{
      id: "shell-symlink-folder",
      title: "the folder of segments replaced by a link",
      layers: ["accounts", "audit"],
    },
    run: script('mv "$1/data/0" "$1/data/aside" && ln -s /tmp "$1/data/0"; rm -rf "$1/data/aside"'),
  }),
  of({
    ...{ id: "shell-symlink-segment", title: "segments replaced by links to a file of the server" },
    layers: ["accounts", "audit"],
    run: script(`${SEGMENTS} | while read -r f; do ln -sf /etc/hostname "$f"; done`),
  }),
  of({
    ...{ id: "shell-hard-links", title: "committed segments under further numbers by hard links" },
    layers: ["accounts", "audit"],
    run: script(
      `n=900; ${SEGMENTS} | sort -r | while read -r f; do n=$((n + 1)); ln "$f" "$1/data/0/$n"; done; n=$(find "$1/data" -size 17c | head -1); ln "$n" "$1/data/0/990"; rm -f "$1"/index.* "$1"/hints.* "$1"/integrity.*; find "$1/data" -type f -size +17c ! -name '9*' -delete`,
    ),
  }),
  of({
    ...{
      id: "shell-no-rights",
      title: "files and folders made unreadable",
      layers: ["accounts", "audit", "harmless"],
    },
    run: async (attacker) => {
      await attacker.shell('chmod -R 000 "$1/data"');
      return (lstatSync(`${attacker.storedPath}/data`).mode & 0o777) === 0
        ? "borg serve reads nothing any more"
        : null;
    },
  }),
  of({
    ...{
      id: "shell-config",
      title: "config removed, replaced and moved away",
      layers: ["accounts", "audit"],
    },
    run: script('rm -f "$1/config"; mv "$1/config" "$1/c2"; echo "[repository]" >"$1/config"'),
  }),
  of({
    ...{ id: "shell-key", title: "another key written into config in place", layers: ["accounts", "audit"] },
    run: script('sed "s/^key = .*/key = AAAA/; /^\\t/d" "$1/config" >"$1/c2"; cat "$1/c2" >"$1/config"'),
  }),
  of({
    ...{
      id: "shell-fifo-segment",
      title: "a fifo with the next segment's number",
      layers: ["audit", "harmless"],
    },
    run: async (attacker) => {
      await attacker.shell('mkfifo "$1/data/0/999"; rm -f "$1"/index.* "$1"/hints.* "$1"/integrity.*');
      if (attacker.side === "ours") return null;
      const listed = await attacker.shell(
        'timeout 3 cat "$1/data/0/999"; e=$?; rm -f "$1/data/0/999"; exit $e',
      );
      return listed.code === 124 ? "whatever reads the segments waits for ever" : null;
    },
  }),
  of({
    ...{
      id: "shell-fifo-index",
      title: "fifos instead of index, hints and nonce",
      layers: ["audit", "harmless"],
    },
    run: async (attacker) => {
      await attacker.shell(
        'for f in "$1"/index.* "$1"/hints.* "$1"/integrity.* "$1"/nonce; do rm -f "$f"; mkfifo "$f"; done',
      );
      if (attacker.side === "ours") return null;
      const read = await attacker.shell('timeout 3 cat "$1"/nonce');
      return read.code === 124 ? "whatever opens the repository waits for ever" : null;
    },
  }),
  of({
    ...{
      id: "shell-symlink-index",
      title: "links to a file of the server instead of index, hints and nonce",
    },
    layers: ["audit", "harmless"],
    run: async (attacker) => {
      await attacker.shell(
        'for f in "$1"/index.* "$1"/hints.* "$1"/nonce; do rm -f "$f"; ln -s /etc/hostname "$f"; done; ln -s /etc/hostname "$1/lock.roster"',
      );
      if (attacker.side === "ours") return null;
      return (await attacker.server.honestBackup("thursday")).code !== 0
        ? "no backup can be made any more"
        : null;
    },
  }),
  of({
    ...{
      id: "shell-foreign-lock",
      title: "a lock that names a process of another machine",
      layers: ["harmless", "audit"],
    },
    run: async (attacker) => {
      await attacker.shell('mkdir -p "$1/lock.exclusive" && touch "$1/lock.exclusive/elsewhere@1.1-0"');
      const ended = await attacker.borg(["--lock-wait", "1", "list", "--short"]);
      await attacker.shell('rm -rf "$1/lock.exclusive"');
      return attacker.side === "stock" && ended.code !== 0 ? "the server's own borg waits for ever" : null;
    },
  }),
  of({
    ...{ id: "shell-nonce-back", title: "the nonce file set to zero", layers: ["harmless", "audit"] },
    run: async (attacker) => {
      await attacker.shell('rm -f "$1/nonce"; printf 0000000000000000 >"$1/nonce"');
      return attacker.side === "stock" ? "a client without its own record encrypts with used nonces" : null;
    },
    granted: "an account with a shell may reset its own nonce; a client's own record keeps it from reuse",
  }),
  of({
    ...{ id: "shell-open-descriptor", title: "a segment opened before it is sealed, written to afterwards" },
    ...{ layers: ["audit", "accounts", "harmless"] },
    granted: "what was committed a moment ago and is not sealed yet can be broken by a shell, never silently",
    victim: "own",
    run: async (attacker) => {
      const goOn = attacker.server.pauseAudits();
      await attacker.server.honestBackup("thursday");
      const writer = attacker.shell(
        `exec 7<>"$(${SEGMENTS} | sort -V | tail -1)"; sleep 6; head -c 300 /dev/urandom >&7; sleep 1`,
      );
      goOn();
      await writer;
      return null;
    },
  }),
];
