import { expect, it } from "vitest";
import { isCovered } from "./is-covered";
import { holdsData, mayHang, mountOf, parseMounts } from "./mounts";

const mounts = parseMounts(`
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 8:2 / /srv/my\\040data rw shared:2 - xfs /dev/sdb1 rw
25 22 0:44 / /mnt/share rw - nfs4 nas:/x rw
26 22 8:1 /home /again rw - ext4 /dev/sda1 rw
27 22 0:50 /@home /home rw - btrfs /dev/sdc rw
28 22 0:51 / /mnt/sshfs rw - fuse.sshfs me@x: rw
`);

it("reads mounts with their kinds; blanks in a name are written as octal", () => {
  expect(mounts.map(({ point }) => point)).toContain("/srv/my data");
  expect(mounts.filter(holdsData).map(({ point }) => point)).toEqual(["/", "/srv/my data", "/home"]);
  expect(mounts.filter(mayHang).map(({ point }) => point)).toEqual(["/mnt/share", "/mnt/sshfs"]);
});

it.each([
  ["/etc", "/"],
  ["/srv/my data", "/srv/my data"],
  ["/srv/my data/deep", "/srv/my data"],
  ["/srv/my database", "/"],
  ["/mnt/share/x", "/mnt/share"],
])("finds the file system of %s", (path, point) => {
  expect(mountOf(mounts, path)?.point).toBe(point);
});

it("does not call another file system covered by a plan that stays on one, unless a pattern names it", () => {
  const plan = { sources: ["/"], excludes: [], oneFileSystem: true };
  expect(isCovered("/etc", plan, mounts)).toBe(true);
  expect(isCovered("/srv/my data", plan, mounts)).toBe(false);
  expect(isCovered("/srv/my data", { ...plan, excludes: ["/srv/*"] }, mounts)).toBe(true);
  expect(isCovered("/srv/my data", { ...plan, oneFileSystem: false }, mounts)).toBe(true);
});
