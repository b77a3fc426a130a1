const GIB = 1024 ** 3;

/** borg takes no quota below 10 MB, which is a little less. */
export const SMALLEST_QUOTA_GIB = 0.01;

/** Bytes of what was typed in GiB; null: nothing was. */
export function readGib(text: string): number | null {
  return text.trim() === "" ? null : Math.round(Number(text) * GIB);
}

/** Bytes as one types them in GiB, with as many places as are needed to tell them apart. */
export function writeGib(bytes: number | null): string {
  return bytes === null ? "" : String(Number((bytes / GIB).toFixed(3)));
}

/** What is wrong with a typed quota; undefined: nothing. */
export function quotaProblem(text: string): string | undefined {
  if (text.trim() === "" || Number(text) >= SMALLEST_QUOTA_GIB) return undefined;
  return `borg takes no quota below 10 MB: type ${SMALLEST_QUOTA_GIB} or more, or leave it empty.`;
}
