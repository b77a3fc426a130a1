import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serverHome } from "~tests/support/server-home";
import { newTestId, type TestClient, type TestRepository } from "~tests/support/storage-client";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { until } from "~tests/support/until";

/** A data folder on a file system of 40 MB of its own. */
const mount = `${serverHome()}/small-${newTestId().slice(0, 8)}`;
let node: StorageNode;
let client: TestClient;
let repository: TestRepository;

beforeAll(async () => {
  mkdirSync(mount, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=40m,mode=0755", "tmpfs", mount]);
  node = await startStorageNode({ data: `${mount}/data` });
  client = await node.addClient();
  repository = await client.addRepository();
});
afterAll(async () => {
  await node.stop();
  execFileSync("umount", [mount]);
  rmSync(mount, { recursive: true });
});

it("says that the disk is full, to the client and to the worker, and goes on when there is space again", async () => {
  const large = `${client.folder}/large`;
  execFileSync("dd", ["if=/dev/urandom", `of=${large}`, "bs=1M", "count=60", "status=none"]);
  expect(await client.borg(repository, ["create", "::small", "/usr/share/doc/adduser"])).toMatchObject({
    code: 0,
  });
  const failed = await client.borg(repository, ["create", "::large", large]);
  expect(failed.code).toBeGreaterThan(1);
  expect(failed.err).toMatch(/No space left|Insufficient free space/);
  await until("the session has ended", async () =>
    (await node.keeper("list-sessions", { fromSequence: 0, limit: 10 })).sessions.every(
      (one) => one.endedAt !== null,
    ),
  );
  execFileSync("sh", ["-c", 'dd if=/dev/zero of="$1" bs=1M status=none || true', "sh", `${mount}/filler`], {
    stdio: "ignore",
  });
  const another = { clientId: client.id, repositoryId: newTestId(), passphrase: "p", quotaBytes: null };
  await expect(node.keeper("create-repository", another)).rejects.toMatchObject({
    code: "disk-full",
    say: "The storage server's disk is full. Free space there first.",
  });
  // What the failed backup wrote stays until borg's next transaction, so removing other files alone is not enough here.
  rmSync(`${mount}/filler`);
  execFileSync("mount", ["-o", "remount,size=80m", mount]);
  expect(await client.borg(repository, ["create", "::after", "/usr/share/doc/apt"])).toMatchObject({
    code: 0,
  });
  expect(await client.borg(repository, ["list", "--short"])).toMatchObject({
    code: 0,
    out: "small\nafter\n",
  });
  expect((await node.keeper("create-repository", another)).borgId).toMatch(/^[0-9a-f]{64}$/);
});
