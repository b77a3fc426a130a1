export interface ItemKey {
  name: string;
  bytes: Uint8Array;
  /** One of its own, for telling which keys an item has. */
  bit: number;
}

/** Every key that borg 1.2 and 1.4 write into items (ITEM_KEYS), by length, first and last letter, which differ in all. */
const KEYS: ReadonlyMap<number, ItemKey> = new Map(
  [
    ...["path", "source", "rdev", "chunks", "chunks_healthy", "hardlink_master", "mode", "user", "group"],
    ...["uid", "gid", "mtime", "atime", "ctime", "birthtime", "size", "xattrs", "bsdflags", "acl_nfs4"],
    ...["acl_access", "acl_default", "acl_extended", "part"],
  ].map((name, number) => {
    const bytes = Buffer.from(name);
    return [codeOf(bytes, 0, bytes.length), { name, bytes, bit: 1 << number }] as const;
  }),
);

function codeOf(bytes: Uint8Array, from: number, to: number): number {
  return ((to - from) << 16) | ((bytes[from] ?? 0) << 8) | (bytes[to - 1] ?? 0);
}

/** The key that these bytes spell; undefined: none that is known. */
export function keyAt(bytes: Uint8Array, from: number, to: number): ItemKey | undefined {
  const key = KEYS.get(codeOf(bytes, from, to));
  return key && isAt(bytes, from, key.bytes) ? key : undefined;
}

function isAt(bytes: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]) return false;
  return true;
}

const bitsOf = (...names: readonly string[]) =>
  [...KEYS.values()].reduce((bits, key) => (names.includes(key.name) ? bits | key.bit : bits), 0);
/** What each item has: without it borg could not list it. */
export const NEEDED = bitsOf("path", "mode", "user", "group", "uid", "gid", "mtime");
/** A part of a file whose backup was interrupted. */
export const PART = bitsOf("part");
