import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { inside } from "./odd-tree";

/** One thing that is not the same in both trees. `path` is relative, shown with escapes. */
export interface Difference {
  path: string;
  what: string;
}

export interface Comparison {
  entries: number;
  files: number;
  bytes: number;
  differences: Difference[];
}

export interface CompareOptions {
  /** Blocks by which a sparse file may differ; file systems allocate a little differently. Default 256 (128 KiB). */
  blocks?: number;
  /** Most differences that are collected. Default 200. */
  most?: number;
  /** Without root, owners cannot be set. Default: compare them as root. */
  owners?: boolean;
}

/**
 * Compares two trees byte for byte: names (as bytes), type, content, mode, owner and group, modification time to the nanosecond,
 * size, holes, link targets, which names share an inode, extended attributes and access lists. The root folders themselves count too.
 */
export function compareTrees(left: string, right: string, options: CompareOptions = {}): Comparison {
  const { blocks = 256, most = 200, owners = process.getuid?.() === 0 } = options;
  const result: Comparison = { entries: 0, files: 0, bytes: 0, differences: [] };
  const links = { left: new Map<string, string>(), right: new Map<string, string>() };
  const differs = (path: Buffer, what: string) => {
    if (result.differences.length < most) result.differences.push({ path: show(path), what });
  };

  const visit = (path: Buffer) => {
    const a = path.length ? inside(left, path) : Buffer.from(left);
    const b = path.length ? inside(right, path) : Buffer.from(right);
    const [x, y] = [lstatSync(a, { bigint: true }), lstatSync(b, { bigint: true })];
    result.entries++;
    for (const what of compareStats(x, y, { owners, blocks: BigInt(blocks) })) differs(path, what);
    if (typeOf(x) !== typeOf(y)) return;
    if (x.isSymbolicLink()) {
      const targets = [readlinkSync(a, "buffer"), readlinkSync(b, "buffer")] as const;
      if (!targets[0].equals(targets[1]))
        differs(path, `target ${show(targets[0])} became ${show(targets[1])}`);
    }
    if (x.isFile()) {
      result.files++;
      result.bytes += Number(x.size);
      if (x.size === y.size && !sameContent(a, b)) differs(path, "content");
      const groups = [firstName(links.left, x, path), firstName(links.right, y, path)] as const;
      if (groups[0] !== groups[1]) differs(path, `shares its inode with ${groups[0]}, now with ${groups[1]}`);
    }
    if (x.isDirectory()) {
      const names = new Map<string, Buffer>();
      const [here, there] = [namesOf(a), namesOf(b)];
      for (const [key, name] of [...here, ...there]) names.set(key, name);
      for (const [key, name] of names) {
        const child = path.length ? inside(path, name) : name;
        if (!there.has(key)) differs(child, "is missing");
        else if (!here.has(key)) differs(child, "is too much");
        else visit(child);
      }
    }
  };

  visit(Buffer.alloc(0));
  compareAttributes(left, right, differs);
  return result;
}

function compareStats(x: BigIntStats, y: BigIntStats, rules: { owners: boolean; blocks: bigint }): string[] {
  const found: string[] = [];
  if (typeOf(x) !== typeOf(y)) return [`type ${typeOf(x)} became ${typeOf(y)}`];
  if (x.mode !== y.mode) found.push(`mode ${x.mode.toString(8)} became ${y.mode.toString(8)}`);
  if (rules.owners && (x.uid !== y.uid || x.gid !== y.gid))
    found.push(`owner ${x.uid}:${x.gid} became ${y.uid}:${y.gid}`);
  if (x.mtimeNs !== y.mtimeNs) found.push(`mtime ${x.mtimeNs} became ${y.mtimeNs}`);
  if (x.isFile() && x.size !== y.size) found.push(`size ${x.size} became ${y.size}`);
  if (x.isFile() && y.blocks > x.blocks + rules.blocks) found.push(`blocks ${x.blocks} became ${y.blocks}`);
  if (x.rdev !== y.rdev) found.push(`device ${x.rdev} became ${y.rdev}`);
  return found;
}

function typeOf(stats: BigIntStats): string {
  return (stats.mode & 0o170000n).toString(8);
}

function namesOf(folder: Buffer): Map<string, Buffer> {
  const names = readdirSync(folder, { encoding: "buffer" });
  return new Map(names.map((name) => [name.toString("latin1"), name]));
}

/** The name under which this inode was first met in its tree; equal first names mean equal hard-link groups. */
function firstName(seen: Map<string, string>, stats: BigIntStats, path: Buffer): string {
  if (stats.nlink === 1n) return "nothing";
  const inode = `${stats.dev}:${stats.ino}`;
  const first = seen.get(inode) ?? show(path);
  seen.set(inode, first);
  return first;
}

function sameContent(a: Buffer, b: Buffer): boolean {
  return hashOf(a).equals(hashOf(b));
}

const block = Buffer.alloc(1024 * 1024);

function hashOf(path: Buffer): Buffer {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, block); read > 0; read = readSync(file, block))
      hash.update(block.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest();
}

/** One walk per tree by getfattr (access lists are attributes named system.posix_acl_*), because node cannot read them. */
function compareAttributes(left: string, right: string, differs: (path: Buffer, what: string) => void): void {
  const [a, b] = [attributesOf(left), attributesOf(right)];
  for (const path of new Set([...a.keys(), ...b.keys()]))
    if (a.get(path) !== b.get(path))
      differs(Buffer.from(path), `attributes ${a.get(path) ?? "none"} became ${b.get(path) ?? "none"}`);
}

function attributesOf(root: string): Map<string, string> {
  const text = execFileSync("getfattr", ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."], {
    cwd: root,
    encoding: "latin1",
    maxBuffer: 1024 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const found = new Map<string, string>();
  for (const part of text.split("\n\n")) {
    const [head, ...lines] = part.split("\n");
    if (head?.startsWith("# file: ")) found.set(head.slice("# file: ".length), lines.sort().join(" "));
  }
  return found;
}

/** Bytes as text that shows every one of them. */
export function show(path: Buffer): string {
  return JSON.stringify(path.toString("latin1")).slice(1, -1) || ".";
}
