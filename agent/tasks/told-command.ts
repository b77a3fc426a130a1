/** Longest single argument and most characters and arguments that go into a report; protocol v1 holds no more. */
const LONGEST_ARGUMENT = 4096;
const MOST_CHARACTERS = 60_000;
const MOST_ARGUMENTS = 2000;

/**
 * A command line as it is told to the server, for the person who wants to see exactly what ran. No secret stands on one: passphrases go
 * through a descriptor, and the repository's URL is none. A very long one is cut, and its last word says so.
 */
export function toldCommand(program: string, args: readonly string[]): string[] {
  const told: string[] = [];
  let characters = 0;
  for (const word of [program, ...args]) {
    characters += word.length;
    if (told.length >= MOST_ARGUMENTS - 1 || characters > MOST_CHARACTERS) {
      return [...told, `(and ${args.length + 1 - told.length} more)`];
    }
    told.push(word.slice(0, LONGEST_ARGUMENT));
  }
  return told;
}
