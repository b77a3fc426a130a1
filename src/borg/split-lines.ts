/**
 * Cuts a stream of bytes into lines without holding more than `maxLineBytes` of an unfinished one: a longer line is handed on in
 * pieces. The last line is handed on by `end()` even without its newline. Bytes that are not UTF-8 become U+FFFD.
 */
export function splitLines(maxLineBytes: number, onLine: (line: string) => void) {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const flush = () => {
    if (restBytes > 0) onLine(Buffer.concat(rest).toString("utf8"));
    rest = [];
    restBytes = 0;
  };
  return {
    push(chunk: Buffer) {
      let from = 0;
      for (;;) {
        const at = chunk.indexOf(10, from);
        if (at < 0) break;
        const piece = chunk.subarray(from, at);
        if (restBytes > 0) {
          rest.push(piece);
          restBytes += piece.length;
          flush();
        } else if (piece.length > 0) onLine(piece.toString("utf8"));
        from = at + 1;
      }
      if (from < chunk.length) {
        rest.push(Buffer.from(chunk.subarray(from)));
        restBytes += chunk.length - from;
        if (restBytes > maxLineBytes) flush();
      }
    },
    end: flush,
  };
}
