import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AgentLab, startAgentLab } from "~tests/support/agent-lab";
import { makeForeign } from "~tests/support/foreign-repository";

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
  await lab.enrol();
  lab.startAgent();
});
afterAll(() => lab.stop());

const plain = {
  uploadKibPerSecond: null,
  checkpointSeconds: null,
  filesCache: "ctime,size,inode" as const,
  numericIds: false,
  noAcls: false,
  noXattrs: false,
  noFlags: false,
  sparse: false,
  keepExcludeTags: false,
  excludeIfPresent: [],
};

it("gives borg every option of the allow list in words that it takes", async () => {
  const source = join(lab.folder, "source");
  for (const name of ["kept", "left", "left/deep"]) mkdirSync(join(source, name), { recursive: true });
  writeFileSync(join(source, "kept", "file"), "kept");
  writeFileSync(join(source, "left", "--dry-run"), "the tag");
  writeFileSync(join(source, "left", "deep", "file"), "left out");
  for (const filesCache of ["mtime,size", "disabled"] as const) {
    const jobId = `o${filesCache.length}`;
    lab.server.orders.push(
      lab.backupOrder(jobId, [source], {
        borgOptions: {
          ...{
            uploadKibPerSecond: 10_000,
            checkpointSeconds: 60,
            filesCache,
            numericIds: true,
            noAcls: true,
          },
          ...{ noXattrs: true, noFlags: true, sparse: true, keepExcludeTags: true },
          excludeIfPresent: ["--dry-run", "a b"],
        },
      }),
    );
    expect(await lab.server.end(jobId)).toMatchObject({ state: "succeeded" });
    const listed = lab.borg("list", "--short", `${lab.repository}::lab-${jobId}`);
    expect(listed).toContain("kept/file");
    expect(listed).toContain("left/--dry-run");
    expect(listed).not.toContain("deep");
  }
});

it("keeps a backup to the upload rate it was given", async () => {
  const source = join(lab.folder, "random");
  mkdirSync(source);
  const random = Buffer.from(Array.from({ length: 1_500_000 }, () => Math.floor(Math.random() * 256)));
  writeFileSync(join(source, "file"), random);
  const began = performance.now();
  lab.server.orders.push(
    lab.backupOrder("u1", [source], { borgOptions: { ...plain, uploadKibPerSecond: 500 } }),
  );
  expect(await lab.server.end("u1")).toMatchObject({ state: "succeeded" });
  // 1.5 MB at 0.5 MB a second.
  expect(performance.now() - began).toBeGreaterThan(2000);
});

it("opens a repository that was made with a key file by the key of the order", async () => {
  const foreign = makeForeign({ encryption: "keyfile-blake2", archives: [], inside: lab.folder });
  mkdirSync(join(lab.folder, "source"), { recursive: true });
  rmSync(lab.repository, { recursive: true });
  renameSync(foreign.path, lab.repository);
  const order = (jobId: string, key: string | null) => {
    const plainOrder = lab.backupOrder(jobId, [join(lab.folder, "source")]);
    const { passphrase } = foreign;
    const repository = { ...plainOrder.repository, repositoryId: "r2", passphrase };
    return { ...plainOrder, repository: key === null ? repository : { ...repository, key } };
  };
  lab.server.orders.push(order("k1", null));
  expect(await lab.server.end("k1")).toMatchObject({ state: "failed" });
  lab.server.orders.push(order("k2", foreign.key));
  expect(await lab.server.end("k2")).toMatchObject({ state: "succeeded" });
});
