import type { SEAL_KINDS } from "~/keeper/contract/vault";

type SealKind = (typeof SEAL_KINDS)[number];

/** How strong the seal of a repository is, and what that means for whoever reads it. */
export interface SealWords {
  name: string;
  /** What it keeps safe. */
  protects: string;
  /** What it does not; null: nothing that a client could reach. */
  not: string | null;
}

/** Each kind of seal in words: what it protects and what it does not. */
export const SEAL_WORDS: Record<SealKind, SealWords> = {
  "hard-links": {
    name: "Hard links, full protection",
    protects:
      "Every committed segment has a second name in a place that only root can enter, and belongs to an account that the client is not. It takes no extra space.",
    not: null,
  },
  reflinks: {
    name: "Reflinks, full protection",
    protects:
      "Every committed segment is cloned into a place that only root can enter. Unchanged data takes no extra space.",
    not: null,
  },
  "small-files-only": {
    name: "Small files only, partial protection",
    protects:
      "borg's key, settings, index and nonce are copied, so a changed key or configuration is found and healed.",
    not: "This storage can neither link nor clone the segments. The gate still refuses to delete them and each audit finds the loss, but there is no second copy to roll back to. Use a file system with hard links (ext4, xfs, btrfs, zfs).",
  },
  none: {
    name: "No seal",
    protects: "The gate refuses to delete what was stored before, and each audit finds a loss.",
    not: "Nothing is set aside, so there is no state to roll back to. Sealing begins with the first clean audit; it needs the server to run as root on storage that knows hard links.",
  },
};
