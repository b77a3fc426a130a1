import { z } from "zod";

/** A snapshot as it stands on disk from before it is made until it is gone (see aftermath): which one, and nothing of what is in it. */
export const snapshotRecord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("btrfs"), path: z.string() }),
  z.object({
    kind: z.literal("lvm"),
    group: z.string(),
    /** The volume that it shows. */
    origin: z.string(),
    name: z.string(),
    mountedOn: z.string(),
  }),
  z.object({ kind: z.literal("zfs"), dataset: z.string(), name: z.string() }),
]);
export type SnapshotRecord = z.infer<typeof snapshotRecord>;

/** A snapshot that can be made of what holds a source. */
export type PlannedSnapshot = {
  record: SnapshotRecord;
  /** The same for two sources that it serves both. */
  volume: string;
  /** Its top in the living tree, and where that top is once it is made. */
  top: string;
  root: string;
  /** Makes it so that it can be read. Answers why not, or null. */
  make: () => Promise<string | null>;
  /** Why what was read from it is not whole, or null. Asked when all was read. */
  spoilt: () => Promise<string | null>;
};

/** Either what is needed to make a snapshot, or why there can be none. */
export type Plan = { possible: true; snapshot: PlannedSnapshot } | { possible: false; why: string };

export const no = (why: string): Plan => ({ possible: false, why });

/** What our snapshots are called; nothing else is ever removed. */
const NAME = /^\.?bbs-snapshot-[a-z0-9]{1,20}-\d{1,3}$/;

export function snapshotName(jobId: string, number: number): string {
  return `bbs-snapshot-${jobId}-${number}`;
}

export function isOurs(name: string): boolean {
  return NAME.test(name);
}
