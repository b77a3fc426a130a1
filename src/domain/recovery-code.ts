/** Letters and digits that nobody takes for one another when reading from paper. */
export const RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
export const RECOVERY_CODES = 10;
export const RECOVERY_LOOKUP_LENGTH = 5;
export const RECOVERY_SECRET_LENGTH = 10;

/**
 * The two parts of a recovery code as a person typed it: `lookup` finds it (25 bits, no secret), the whole of it is compared with its hash.
 * Blanks and dashes do not matter, nor does case. Null: not one of ours.
 */
export function parseRecoveryCode(text: string): { lookup: string; code: string } | null {
  const bare = text.toLowerCase().replace(/[\s-]/g, "");
  if (bare.length !== RECOVERY_LOOKUP_LENGTH + RECOVERY_SECRET_LENGTH) return null;
  if ([...bare].some((letter) => !RECOVERY_ALPHABET.includes(letter))) return null;
  const lookup = bare.slice(0, RECOVERY_LOOKUP_LENGTH);
  return { lookup, code: `${lookup}-${bare.slice(RECOVERY_LOOKUP_LENGTH)}` };
}
