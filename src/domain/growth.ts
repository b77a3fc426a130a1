import { type ArchivePath, isBelow } from "./archive-path";

/** A folder by what lay below it in two archives. */
export interface Growth {
  path: ArchivePath;
  bytesBefore: number;
  bytesAfter: number;
}

/** A folder that grew only because of one below it tells nothing of its own. */
const MOSTLY = 0.9;

/**
 * Of folders that grew, those that tell where: without those of which nine tenths of the growth lie in a single one of the others below. In
 * their order.
 */
export function tellingGrowth<Grown extends Growth>(grown: readonly Grown[]): Grown[] {
  const gain = (one: Growth) => one.bytesAfter - one.bytesBefore;
  return grown.filter(
    (one) => !grown.some((other) => isBelow(other.path, one.path) && gain(other) >= MOSTLY * gain(one)),
  );
}
