import { join } from "node:path";
import { type DryRunOrder, type LeftOut, MOST_SAMPLES } from "~/protocol/looks";
import { type MeasureOptions, measure, type Tally } from "./measure";
import { culpritFinder, indistinct } from "./patterns";

type Sum = Omit<LeftOut, "samples"> & { samples: string[] };

/** The file by which a folder says that it is a cache (Cache Directory Tagging Specification). */
const CACHE_TAG = "CACHEDIR.TAG";

/**
 * Adds up what is left out, by the reason. borg prints only where it stops; what lies below is counted here, as far as the time goes.
 */
export function leftOutBy(
  order: Pick<DryRunOrder, "excludes" | "excludeCaches" | "excludeIfPresent">,
  options: Omit<MeasureOptions, "until"> & { budgetMs: number; isThere: (path: string) => Promise<boolean> },
) {
  const culprit = culpritFinder(order.excludes);
  const mixed = indistinct(order.excludes);
  const sums = order.excludes.map((pattern) => nothingYet("pattern", pattern));
  const others = {
    expressions: nothingYet("expressions", null),
    caches: nothingYet("caches", null),
    marker: nothingYet("marker", null),
  };
  let leftMs = options.budgetMs;

  const reasonOf = async (path: string): Promise<Sum> => {
    const found = culprit(path);
    // A pattern known for certain decides before borg looks into the folder for a tag; an expression we cannot judge does not.
    const certain = found.kind === "pattern" && !order.excludes[found.index]?.startsWith("re:");
    if (!certain) {
      if (order.excludeCaches && (await options.isThere(join(path, CACHE_TAG)))) return others.caches;
      for (const marker of order.excludeIfPresent) {
        if (await options.isThere(join(path, marker))) return others.marker;
      }
    }
    const known = found.kind === "pattern" ? sums[found.index] : undefined;
    return known ?? others.expressions;
  };

  return {
    /** `keeps`: the folder itself and its tag are in the archive, only the rest is left out. */
    async add(path: string, keeps: { files: number; bytes: number } | null): Promise<void> {
      const sum = await reasonOf(path);
      const began = performance.now();
      const tally: Tally =
        leftMs > 0
          ? await measure(path, { ...options, until: began + leftMs })
          : { files: 0, directories: 0, bytes: 0, counted: false };
      leftMs -= performance.now() - began;
      sum.files += Math.max(0, tally.files - (keeps?.files ?? 0));
      sum.directories += Math.max(0, tally.directories - (keeps ? 1 : 0));
      sum.bytes += Math.max(0, tally.bytes - (keeps?.bytes ?? 0));
      sum.counted &&= tally.counted;
      if (sum.samples.length < MOST_SAMPLES) sum.samples.push(path);
    },
    result(): LeftOut[] {
      const named = sums.filter((_, index) => !mixed.has(index));
      const more = Object.values(others).filter((sum) => sum.samples.length > 0);
      return [...named, ...more].map((sum) => ({ ...sum, samples: sum.samples.map(encode) }));
    },
  };
}

/** A path as borg printed it, for the wire. */
export function encode(path: string): string {
  return Buffer.from(path.slice(0, 4096)).subarray(0, 6000).toString("base64");
}

function nothingYet(why: LeftOut["why"], pattern: string | null): Sum {
  return { why, pattern, files: 0, directories: 0, bytes: 0, counted: true, samples: [] };
}
