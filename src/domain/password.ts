/** Characters a password has at least; a few words are easily longer. */
export const SHORTEST_PASSWORD = 10;
/** bcrypt reads no further than 72 bytes: a longer password would be cut silently, so it is refused. */
export const LONGEST_PASSWORD_BYTES = 72;
/** Of zxcvbn's 0 to 4: 3 stands for more than 10^8 guesses, which an offline attack on bcrypt of cost 12 takes years for. */
const LEAST_SCORE = 3;
/** How many readings of `p4$$w0rd` are tried: 32 find those that people use and take 0.3 s at worst; the package's 512 take 1.7 s. */
export const MOST_L33T_SPELLINGS = 32;

/** What zxcvbn says of a password. */
export interface PasswordEstimate {
  score: number;
  feedback: { warning: string | null; suggestions: string[] };
}

/** Guesses how hard a password is to guess; `known` are words that an attacker tries first. */
export type EstimatePassword = (password: string, known: string[]) => PasswordEstimate;

/** Whose password it is to be: no good password is made of these. */
export interface PasswordOwner {
  email: string;
  name: string;
}

export const hasLength = (password: string) => [...password].length >= SHORTEST_PASSWORD;
export const fitsBcrypt = (password: string) =>
  new TextEncoder().encode(password).length <= LONGEST_PASSWORD_BYTES;

/**
 * Why a password is not taken and how to do better, for the person; null when it is. Length first: only what fits is estimated, so a
 * password of a megabyte costs nothing.
 */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
  estimate: EstimatePassword,
): string | null {
  if (!hasLength(password)) return `Use at least ${SHORTEST_PASSWORD} characters as a password.`;
  if (!fitsBcrypt(password))
    return `Use at most ${LONGEST_PASSWORD_BYTES} bytes as a password: shorten it a little.`;
  const { score, feedback } = estimate(password, wordsOf(owner));
  if (score >= LEAST_SCORE) return null;
  const advice = feedback.suggestions.length > 0 ? feedback.suggestions : ["Add another word or two."];
  return ["This password is easy to guess.", feedback.warning, ...advice].filter(Boolean).join(" ");
}

/** The address and the name, whole and in parts, and what this server is called. */
function wordsOf({ email, name }: PasswordOwner): string[] {
  const parts = `${email} ${name}`.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length > 2);
  return [...new Set([email, name, ...parts, "borg", "backup", "server", "borgbackup"])].filter(Boolean);
}
