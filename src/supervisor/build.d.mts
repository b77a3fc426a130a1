export type BuildPart = "programs" | "console";

/** Which of the parts have other sources than what was built. */
export function outdatedParts(): BuildPart[];

/** Builds the given parts. */
export function build(wanted: readonly BuildPart[]): Promise<void>;
