import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";

/** `folder/name` as bytes, for names that are not text. */
export function inside(folder: string | Buffer, name: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), Buffer.from(name)]);
}

const asRoot = process.getuid?.() === 0;

/** Names that break programs which quote, split or decode. The last ones are not valid UTF-8. */
const ODD_NAMES: (string | Buffer)[] = [
  "new\nline",
  "quotes ' \" ` $(id) ;&|",
  "-rf",
  "--exclude=all",
  "back\\slash",
  " leading and trailing space ",
  "tab\tinside",
  "*?[a]{b,c}",
  "pp:pattern",
  "@at#hash%41",
  "😀 ünï\u0301cödé",
  "x".repeat(250),
  ".hidden",
  Buffer.from("invalid\xff\xfeutf8", "latin1"),
  Buffer.from("cut\xc3", "latin1"),
  Buffer.from("\x01\x02\x1b[31mcontrol", "latin1"),
];

/** The newest time in it: borg 1.x cuts later ones to January 2038 (it still supports 32-bit clocks). */
const NEWEST = "2037-12-31 23:59:59.000000001 UTC";

/**
 * Builds a small tree of everything that a backup may get wrong: names, links, sparse files, extended attributes, access lists,
 * modes with special bits, fifos, empty folders, owners (as root), times down to the nanosecond. Same result every time but for
 * owners without root.
 */
export function buildOddTree(root: string): void {
  mkdirSync(root, { recursive: true });
  names(root);
  links(root);
  sparse(root);
  modes(root);
  if (asRoot) owners(root);
  attributes(root);
  times(root);
}

function names(root: string): void {
  for (const [index, name] of ODD_NAMES.entries()) {
    writeFileSync(inside(`${root}`, name), `content ${index}\n`);
    const folder = inside(root, Buffer.concat([Buffer.from("in "), Buffer.from(name).subarray(0, 200)]));
    mkdirSync(folder);
    writeFileSync(inside(folder, name), Buffer.alloc(3000 + index, index));
  }
  mkdirSync(`${root}/empty/deep/deeper`, { recursive: true });
  writeFileSync(`${root}/empty file`, "");
  writeFileSync(`${root}/every byte`, Buffer.from(Array.from({ length: 65_536 }, (_, i) => i & 255)));
}

function links(root: string): void {
  writeFileSync(`${root}/linked a`, "one inode, three names\n");
  linkSync(`${root}/linked a`, `${root}/linked b`);
  linkSync(`${root}/linked a`, `${root}/empty/linked c`);
  symlinkSync("linked a", `${root}/link relative`);
  symlinkSync("/etc/hostname", `${root}/link absolute`);
  symlinkSync("nowhere/at all", `${root}/link dangling`);
  symlinkSync("empty", `${root}/link to folder`);
  symlinkSync("link loop", `${root}/link loop`);
  symlinkSync(Buffer.from("target\xff", "latin1"), `${root}/link to bytes`);
}

/**
 * What borg may add to a sparse file, in blocks of 512 bytes: it makes holes of whole chunks only, and a chunk with a little data in a
 * hole is 8 MiB (borg 1.2 and 1.4, default chunker), so each of the three places costs that much.
 */
export const SPARSE_BLOCKS = 3 * 16_384;

/** 256 MiB of hole with data at three places: must not grow to 256 MiB on the way back. */
function sparse(root: string): void {
  const file = openSync(`${root}/sparse`, "w");
  for (const place of [0, 20 * 1024 * 1024 + 17, 150 * 1024 * 1024]) writeSync(file, "data", place);
  closeSync(file);
  truncateSync(`${root}/sparse`, 256 * 1024 * 1024);
}

function modes(root: string): void {
  for (const mode of [0o4755, 0o2755, 0o1777, 0o000, 0o400, 0o666]) {
    const file = `${root}/mode ${mode.toString(8)}`;
    writeFileSync(file, `${mode}`);
    chmodSync(file, mode);
  }
  mkdirSync(`${root}/sticky`);
  chmodSync(`${root}/sticky`, 0o1777);
  mkdirSync(`${root}/setgid`);
  chmodSync(`${root}/setgid`, 0o2750);
  execFileSync("mkfifo", ["-m", "640", `${root}/fifo`]);
}

function owners(root: string): void {
  for (const [name, uid, gid] of [
    ["owned by daemon", 1, 1],
    ["owned by nobody", 65534, 65534],
    ["owned by a number", 54321, 12345],
  ] as const) {
    const file = `${root}/${name}`;
    writeFileSync(file, name);
    chownSync(file, uid, gid);
  }
  writeFileSync(`${root}/setuid of daemon`, "#!/bin/true\n");
  chownSync(`${root}/setuid of daemon`, 1, 1);
  chmodSync(`${root}/setuid of daemon`, 0o4755);
}

function attributes(root: string): void {
  writeFileSync(`${root}/attributes`, "extended\n");
  execFileSync("setfattr", ["-n", "user.plain", "-v", "value", `${root}/attributes`]);
  execFileSync("setfattr", ["-n", "user.bytes", "-v", "0x00ff0a0d", `${root}/attributes`]);
  mkdirSync(`${root}/access list`);
  execFileSync("setfacl", ["-m", "u:daemon:rwx,g:mail:r-x", `${root}/access list`]);
  execFileSync("setfacl", ["-d", "-m", "u:daemon:r-x", `${root}/access list`]);
  writeFileSync(`${root}/access list/file`, "inherits\n");
}

/** Last, because everything above touches times. Folders after what is in them. */
function times(root: string): void {
  const at = (path: string, when: string) => execFileSync("touch", ["-h", "-d", when, "--", path]);
  at(`${root}/every byte`, "1971-02-03 04:05:06.123456789 UTC");
  at(`${root}/empty file`, NEWEST);
  at(`${root}/link dangling`, "2001-09-09 01:46:40.999999999 UTC");
  at(`${root}/empty/deep/deeper`, "1999-12-31 23:59:59.5 UTC");
  at(`${root}/empty/deep`, "2000-01-01 00:00:00.25 UTC");
  at(`${root}/empty`, "2010-10-10 10:10:10.101010101 UTC");
  at(`${root}/fifo`, "2011-11-11 11:11:11.111111111 UTC");
}
