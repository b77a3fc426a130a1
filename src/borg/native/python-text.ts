/**
 * What Python makes of bytes that it reads as UTF-8 with `surrogateescape`: how many characters they are (each byte that is not UTF-8 is one),
 * and the same bytes with a question mark for each of those, as borg prints the target of a link.
 */
export function asPythonPrints(bytes: Uint8Array): { characters: number; printed: Uint8Array } {
  let characters = 0;
  let printed = bytes;
  for (let at = 0; at < bytes.length; characters++) {
    const length = characterAt(bytes, at);
    if (length === 0) {
      if (printed === bytes) printed = Uint8Array.from(bytes);
      printed[at] = 0x3f;
    }
    at += Math.max(1, length);
  }
  return { characters, printed };
}

/** Bytes of the UTF-8 character at this place (RFC 3629: none too long, no surrogates, none beyond U+10FFFF); 0: there is none. */
function characterAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const follows = (n: number, least = 0x80, most = 0xbf) => {
    const byte = bytes[at + n] ?? 0;
    return byte >= least && byte <= most;
  };
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const least = first === 0xe0 ? 0xa0 : 0x80;
    return follows(1, least, first === 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const least = first === 0xf0 ? 0x90 : 0x80;
    return follows(1, least, first === 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}
