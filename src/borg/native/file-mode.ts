/** borg's letter for the type of a file (Python's stat.filemode); null for types that a backup does not hold. */
const TYPES: Readonly<Record<number, string | undefined>> = {
  4096: "p",
  8192: "c",
  16384: "d",
  24576: "b",
  32768: "-",
  40960: "l",
  49152: "s",
};

const MOST_MODE = 0xffff;

/** `-rwxr-xr-x`; null when it is no mode of a file. */
export function fileMode(mode: number): string | null {
  const type = mode >= 0 && mode <= MOST_MODE ? TYPES[mode & 0xf000] : undefined;
  if (type === undefined) return null;
  const three = (shift: number, special: boolean, letter: string) => {
    const bits = (mode >> shift) & 7;
    const runs = (bits & 1) !== 0;
    const last = special ? (runs ? letter : letter.toUpperCase()) : runs ? "x" : "-";
    return `${(bits & 4) !== 0 ? "r" : "-"}${(bits & 2) !== 0 ? "w" : "-"}${last}`;
  };
  const owner = three(6, (mode & 0o4000) !== 0, "s");
  const group = three(3, (mode & 0o2000) !== 0, "s");
  return `${type}${owner}${group}${three(0, (mode & 0o1000) !== 0, "t")}`;
}
