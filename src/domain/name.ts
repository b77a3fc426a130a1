import { z } from "zod";

/** Longest name of a client, a repository, a plan or a token. */
export const LONGEST_NAME = 80;

/**
 * A name that a person gives. Any script, no control or direction characters (they would let two names look alike in a log), no
 * slash, so that it may stand in a list of paths. Surrounding white space is cut; names that differ in case only count as the same.
 */
export const givenName = z
  .string()
  .trim()
  .min(1, "Give it a name.")
  .max(LONGEST_NAME, `At most ${LONGEST_NAME} characters.`)
  .refine((name) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]/u.test(name), "No slashes or invisible characters.");
