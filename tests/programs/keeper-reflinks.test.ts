import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { serverHome } from "~tests/support/server-home";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, randomFile } from "~tests/support/vaulted-repository";

/**
 * Two subvolumes of a btrfs: hard links do not cross from one to the other, shared blocks do. So this is what a location is like whose
 * file system has no hard links for us.
 */
const mount = join(serverHome(), `btrfs-${process.pid}`);
const canMount = /\bbtrfs$/m.test(readFileSync("/proc/filesystems", "utf8"));
let node: StorageNode;

beforeAll(async () => {
  if (!canMount) return;
  mkdirSync(mount, { recursive: true, mode: 0o711 });
  execFileSync("truncate", ["-s", "1500M", `${mount}.image`]);
  execFileSync("mkfs.btrfs", ["-q", `${mount}.image`]);
  execFileSync("mount", ["-o", "loop", `${mount}.image`, mount]);
  chmodSync(mount, 0o711);
  execFileSync("mkdir", ["-m", "711", join(mount, "data")]);
  execFileSync("btrfs", ["-q", "subvolume", "create", join(mount, "data/vault")]);
  node = await startStorageNode({ data: join(mount, "data"), audits: false });
});

afterAll(async () => {
  if (!canMount) return;
  await node?.stop().catch(() => undefined);
  execFileSync("umount", ["-l", mount]);
  rmSync(`${mount}.image`, { force: true });
  rmSync(mount, { recursive: true, force: true });
});

it.skipIf(!canMount)(
  "seals with copies that share their blocks where hard links do not reach, and rolls back from them",
  async () => {
    const own = await makeVaulted(node, await node.addClient());
    for (const name of ["one", "two"])
      expect((await own.backUp(name, randomFile(1024 * 1024))).sealed).toBe(true);
    const state = await node.keeper("vault-state", own.ids);
    expect(state.sealKind).toBe("reflinks");
    const vault = join(mount, "data/vault", own.repository.id, "segments");
    const [name = ""] = readdirSync(vault);
    expect(statSync(join(vault, name)).nlink).toBe(1);

    // The client's own account, past gate and sshd: the erasing it could do.
    expect(await own.asAccount(["delete", "::one"])).toMatchObject({ code: 0 });
    // And a disk that lost something: no second name leads to it.
    rmSync(segmentPath(own.repository.path, Number(name)));
    expect(await own.audit()).toMatchObject({ clean: false });
    await node.keeper("roll-back", { ...own.named, transaction: null });
    expect(await own.listed()).toEqual(expect.arrayContaining(["one", "two"]));
    expect(await own.verify()).toMatchObject({ code: 0 });
  },
);
