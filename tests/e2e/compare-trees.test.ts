import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  linkSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareTrees } from "../support/compare-trees";
import { buildOddTree, inside } from "../support/odd-tree";

let folder: string;
let left: string;
let right: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bbs-compare-"));
  left = join(folder, "left");
  right = join(folder, "right");
  buildOddTree(left);
  execFileSync("cp", ["-a", left, right]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("finds nothing between an odd tree and its faithful copy", () => {
  const found = compareTrees(left, right);
  expect(found.differences).toEqual([]);
  expect(found.entries).toBeGreaterThan(60);
});

/** Each alteration of the copy, and what must be said about it: a comparison that cannot fail proves nothing. */
const ALTERATIONS: [string, (copy: string) => void, RegExp][] = [
  ["one byte of content", (copy) => flipByte(`${copy}/every byte`), /content/],
  ["a mode bit", (copy) => chmodSync(`${copy}/mode 666`, 0o664), /mode/],
  ["a lost setuid bit", (copy) => chmodSync(`${copy}/mode 4755`, 0o755), /mode/],
  ["an owner", (copy) => chownSync(`${copy}/owned by daemon`, 2, 1), /owner/],
  ["a nanosecond", (copy) => touch(`${copy}/every byte`, "1971-02-03 04:05:06.123456788 UTC"), /mtime/],
  ["a folder's time", (copy) => utimesSync(`${copy}/empty/deep/deeper`, 1, 1), /mtime/],
  ["a missing file", (copy) => unlinkSync(inside(copy, "new\nline")), /is missing/],
  ["a file too much", (copy) => writeFileSync(`${copy}/more`, ""), /is too much/],
  ["a byte of a name", (copy) => renameBytes(copy), /is missing/],
  ["another link target", (copy) => relink(`${copy}/link dangling`), /target/],
  ["a broken hard link", (copy) => separate(copy, "linked b"), /shares its inode/],
  ["a new hard link", (copy) => joinNames(copy), /shares its inode/],
  ["a filled hole", (copy) => fill(`${copy}/sparse`), /blocks/],
  ["a lost attribute", (copy) => setfattr("-x", "user.bytes", `${copy}/attributes`), /attributes/],
  ["a lost access list", (copy) => run("setfacl", "-b", `${copy}/access list`), /attributes|mode/],
  ["a type", (copy) => retype(`${copy}/fifo`), /type/],
];

test.each(ALTERATIONS)("notices %s", (_name, alter, says) => {
  alter(right);
  expect(compareTrees(left, right).differences.map((one) => one.what)).toContainEqual(
    expect.stringMatching(says),
  );
});

function run(program: string, ...given: string[]): void {
  execFileSync(program, given);
}
function setfattr(...given: string[]): void {
  run("setfattr", ...given);
}
function touch(path: string, when: string): void {
  run("touch", "-d", when, path);
}
function flipByte(path: string): void {
  run("dd", "if=/dev/zero", `of=${path}`, "bs=1", "seek=777", "count=1", "conv=notrunc", "status=none");
  touch(path, "1971-02-03 04:05:06.123456789 UTC");
}
function renameBytes(copy: string): void {
  run("bash", "-c", `cd "$1" && mv $'invalid\\xff\\xfeutf8' $'invalid\\xff\\xfdutf8'`, "bash", copy);
}
function relink(path: string): void {
  unlinkSync(path);
  symlinkSync("elsewhere", path);
}
function separate(copy: string, name: string): void {
  run("cp", "-a", `${copy}/${name}`, `${copy}/${name}.new`);
  run("mv", `${copy}/${name}.new`, `${copy}/${name}`);
}
function joinNames(copy: string): void {
  unlinkSync(`${copy}/empty file`);
  linkSync(`${copy}/mode 666`, `${copy}/empty file`);
}
function fill(path: string): void {
  run("cp", "-a", "--sparse=never", path, `${path}.new`);
  run("mv", `${path}.new`, path);
}
function retype(path: string): void {
  unlinkSync(path);
  appendFileSync(path, "");
}
