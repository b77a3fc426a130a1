/** What a drill reads back: the canaries alone, files drawn by seed beside them, or the whole archive. */
export const DRILL_SCOPES = ["canaries", "random", "everything"] as const;
export type DrillScope = (typeof DRILL_SCOPES)[number];

/**
 * What became of a file of the sample. `same`: what came out of the archive has the hash that the machine took of its live file. `missing`: the
 * archive does not hold it. `unreadable`: borg could not bring it out whole.
 */
export const READ_BACKS = ["same", "differs", "missing", "unreadable"] as const;
export type ReadBack = (typeof READ_BACKS)[number];

/**
 * What a drill came to. `proved`: files were compared from source to restored byte, and all are the same. `readable`: everything was read back
 * whole, but the machine had sent no hash to compare with. `failed`: something differs, is missing, or cannot be read.
 */
export const DRILL_OUTCOMES = ["proved", "readable", "failed"] as const;
export type DrillOutcome = (typeof DRILL_OUTCOMES)[number];

export interface DrillFindings {
  files: readonly { path: string; readBack: ReadBack }[];
  /** Canaries that were not there when the backup ended: whoever took them away took a proof away. */
  missingCanaries: readonly string[];
  /** Of a reading of everything: what stopped it, or null; absent: not everything was read. */
  stoppedBy?: string | null;
}

/** Judges a drill and says it in a sentence, with the first file that is wrong by name. Null: nothing was read, so there is nothing to judge. */
export function judgeDrill(findings: DrillFindings): { outcome: DrillOutcome; say: string } | null {
  const { files, missingCanaries, stoppedBy } = findings;
  const wrong = files.filter(({ readBack }) => readBack !== "same");
  const problems = [
    ...wrong.map(({ path, readBack }) => `${path} ${READ_BACK_WORDS[readBack]}`),
    ...missingCanaries.map((path) => `the canary ${path} was not on the machine when the backup ended`),
    ...(stoppedBy ? [stoppedBy] : []),
  ];
  const [first, ...others] = problems;
  if (first !== undefined) {
    const more =
      others.length === 0 ? "" : ` ${others.length} more ${others.length === 1 ? "finding" : "findings"}.`;
    return { outcome: "failed", say: `${first.charAt(0).toUpperCase()}${first.slice(1)}.${more}` };
  }
  if (files.length > 0) {
    const all = stoppedBy === null ? " Everything else could be read back." : "";
    const count = files.length === 1 ? "1 file is" : `${files.length} files are`;
    return {
      outcome: "proved",
      say: `${count} the same from the machine's disk to the restored byte.${all}`,
    };
  }
  if (stoppedBy === undefined) return null;
  return {
    outcome: "readable",
    say: "Everything could be read back. The machine had sent no hashes to compare with.",
  };
}

const READ_BACK_WORDS: Record<ReadBack, string> = {
  same: "is the same",
  differs: "differs from what the machine hashed",
  missing: "is not in the archive",
  unreadable: "cannot be read out of the archive",
};

/** Whether a drill counts for the promise that restoring works. */
export function provesRestore(outcome: DrillOutcome): boolean {
  return outcome !== "failed";
}
