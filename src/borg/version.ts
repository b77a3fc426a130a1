export type BorgVersion = { major: number; minor: number; patch: number; text: string };

/** Reads `borg --version` ("borg 1.2.4", "borg 1.4.0", "borg 2.0.0b5"). Null when it is not borg's line. */
export function parseBorgVersion(line: string): BorgVersion | null {
  const found = /^borg (\d+)\.(\d+)\.(\d+)(\S*)$/m.exec(line.trim());
  if (!found) return null;
  return {
    major: Number(found[1]),
    minor: Number(found[2]),
    patch: Number(found[3]),
    text: `${found[1]}.${found[2]}.${found[3]}${found[4]}`,
  };
}

const atLeast = (given: BorgVersion, minor: number, patch: number) =>
  given.major === 1 && (given.minor > minor || (given.minor === minor && given.patch >= patch));

/** From 1.2.0, below 2: older ones lack features we use, 2.0 is a different repository format and protocol. */
export function isBorgUsable(given: BorgVersion): boolean {
  return atLeast(given, 2, 0);
}

/** Has the fix of CVE-2023-36811 (archives without authentication are refused): 1.2.5 and later. Debian 12's own 1.2.4 has not. */
export function isBorgPatched(given: BorgVersion): boolean {
  return atLeast(given, 2, 5);
}
