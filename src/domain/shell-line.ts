/** Words as one line that a POSIX shell reads as exactly these words. For people to read and paste; no program of ours runs it. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./~-]+$/.test(word) && !word.startsWith("~")) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
