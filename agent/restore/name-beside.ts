/** Longest name of a file on common file systems, in bytes. */
const LONGEST = 255;

/**
 * The name that a file gets beside one of its own name: `name (restored 2026-11-23 14-05).ext`, the second try with a number. A name that
 * would be too long loses its end before the mark. Bytes, so that any name works.
 */
export function nameBeside(name: Buffer, mark: string, attempt: number): Buffer {
  const dot = name.lastIndexOf(0x2e);
  // `.hidden` has no ending, and what is very long is none.
  const cut = dot > 0 && name.length - dot <= 20 ? dot : name.length;
  const ending = name.subarray(cut);
  const middle = Buffer.from(attempt === 1 ? ` (${mark})` : ` (${mark} ${attempt})`);
  const stem = name.subarray(0, Math.min(cut, LONGEST - middle.length - ending.length));
  return Buffer.concat([stem, middle, ending]);
}

/** The mark of restores that begin now, in the machine's own time. */
export function restoredMark(now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `restored ${day} ${two(now.getHours())}-${two(now.getMinutes())}`;
}
