/** What keeps a client's borg from being used. Versions 1.2 and 1.4 (and what may come before 2) speak the same protocol. */
export type BorgTrouble = "borg-missing" | "borg-too-old" | "borg-too-new";

/** Null: usable. `version` as the agent reported it; null: it found none. */
export function borgTrouble(version: string | null): BorgTrouble | null {
  if (version === null) return "borg-missing";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major >= 2) return "borg-too-new";
  return major === 1 && minor >= 2 ? null : "borg-too-old";
}

/** The trouble in words, with what to do. */
export function sayBorgTrouble(trouble: BorgTrouble, version: string | null): string {
  switch (trouble) {
    case "borg-missing":
      return "There is no borg on this machine. Install it (Debian: apt install borgbackup); the job starts by itself then.";
    case "borg-too-old":
      return `borg ${version} on this machine is too old. Install 1.2 or 1.4 (Debian: apt install borgbackup); the job starts by itself then.`;
    case "borg-too-new":
      return `borg ${version} on this machine cannot write to this server's repositories. Install 1.2 or 1.4; the job starts by itself then.`;
  }
}
