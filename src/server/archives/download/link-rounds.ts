import type { TarMember } from "~/borg/tar-reader";

/** One more reading of the archive for each further name that one file has; who has more of them takes a tar. */
const MOST_ROUNDS = 20;

/**
 * The further names of hard links in rounds, of which each holds at most one name of a file: borg writes a name whose first one is not asked
 * for as a file of its own. `beyond`: names of files that have too many.
 */
export function linkRounds(links: readonly TarMember[]): { rounds: TarMember[][]; beyond: TarMember[] } {
  const seen = new Map<string, number>();
  const rounds: TarMember[][] = [];
  const beyond: TarMember[] = [];
  for (const link of links) {
    const file = link.linkTarget?.toString("latin1") ?? "";
    const nth = seen.get(file) ?? 0;
    seen.set(file, nth + 1);
    if (nth >= MOST_ROUNDS) {
      beyond.push(link);
      continue;
    }
    rounds[nth] ??= [];
    rounds[nth]?.push(link);
  }
  return { rounds, beyond };
}
