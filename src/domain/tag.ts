import { z } from "zod";

/** Longest tag; a word, not a sentence. */
export const LONGEST_TAG = 40;
/** Most tags of one client. */
export const MOST_TAGS = 20;

/**
 * A word by which clients are grouped, also for permissions. Always lower case: a grant for `web` must not miss a client tagged `Web`.
 * Letters and digits of any script, and `.`, `_`, `-` between them.
 */
export const tagText = z
  .string()
  .trim()
  .toLowerCase()
  .max(LONGEST_TAG, `At most ${LONGEST_TAG} characters.`)
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?$/u,
    "A tag is one word of letters and digits; dots, dashes and underscores may stand inside.",
  );
