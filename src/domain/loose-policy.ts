/** What of a machine's policy decides how much harm a hostile server could do with restores. */
export interface RestorePolicy {
  restorePaths: readonly string[];
  restoreToOriginal: boolean;
  restoreUnconfined?: boolean | undefined;
}

/** Directories below which files decide what a machine runs or who may enter it. */
const OF_THE_SYSTEM =
  /^\/(?:$|etc|usr|bin|sbin|lib|lib32|lib64|boot|root|opt|dev|proc|sys|run|var$|var\/(?:spool|lib)$|home$|Library|System|private)(?:\/|$)/;

/**
 * Why a machine's policy lets restores do more than they need: in a few words, the gravest first. Null: it does not. What may be read is not
 * judged; a backup of everything is what most people want.
 */
export function whyPolicyIsLoose(policy: RestorePolicy): string | null {
  if (policy.restoreUnconfined) return "restores are not locked into their folder";
  const system = policy.restorePaths.find((path) => OF_THE_SYSTEM.test(tidy(path)));
  if (system !== undefined) return `restores may write below ${system}`;
  return policy.restoreToOriginal ? "restores may overwrite the original files" : null;
}

/** Without doubled or last slashes. */
function tidy(path: string): string {
  return path.replaceAll(/\/+/g, "/").replace(/(.)\/$/, "$1");
}
