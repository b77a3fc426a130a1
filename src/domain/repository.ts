/** borg's encryption modes that a repository can be made with, the usual one first. */
export const ENCRYPTIONS = [
  "repokey-blake2",
  "repokey",
  "keyfile-blake2",
  "keyfile",
  "authenticated-blake2",
  "authenticated",
  "none",
] as const;
export type Encryption = (typeof ENCRYPTIONS)[number];

/**
 * Those that a new repository can have here. Not the keyfile ones: their key would lie on the client alone, so this server could neither audit,
 * prune nor check what it keeps, and the key would be lost with the machine.
 */
export const OFFERED_ENCRYPTIONS = [
  "repokey-blake2",
  "repokey",
  "authenticated-blake2",
  "authenticated",
  "none",
] as const satisfies readonly Encryption[];
export type OfferedEncryption = (typeof OFFERED_ENCRYPTIONS)[number];

/** Whether whoever has the files can read them without a passphrase. */
export function isReadableByAll(encryption: Encryption): boolean {
  return encryption === "none" || encryption.startsWith("authenticated");
}

/** `quick`: what no check has read yet. `rolling`: what waits longest, a share a day. `full`: borg's own check of everything. */
export const CHECK_KINDS = ["quick", "rolling", "full"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** How much of a repository was read again and found whole, and what the last check said. Instants in ISO 8601, UTC. */
export interface Coverage {
  /** Bytes that are stored now, and those of them that were re-read within the days that the schedule promises. */
  totalBytes: number;
  coveredBytes: number;
  /** Those that were stored or read last before that. Absent in what an older keeper told. */
  overdueBytes?: number | undefined;
  /** When the byte that waits longest was read last; null: never. */
  oldestReadAt: string | null;
  measuredAt: string;
  lastCheck: { kind: CheckKind; at: string; ok: boolean; say: string } | null;
}
