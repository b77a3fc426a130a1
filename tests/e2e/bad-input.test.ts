import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BbsError } from "~/api-client/bbs-error";
import { archiveOf, backUp, jobEnded, makePlan, makeRepository } from "../support/backup-story";
import { type ClientMachine, enrolMachine, startClientMachine, tokenOf } from "../support/client-machine";
import { askDatabase } from "../support/open-repository";
import { plainRestore } from "../support/plain-restore";
import { writeRandomTree } from "../support/random-tree";
import { type RealStack, startRealStack } from "../support/real-stack";
import { until } from "../support/until";

const work = mkdtempSync(join(tmpdir(), "bbs-bad-input-"));
const source = join(work, "files");
let stack: RealStack;
let machine: ClientMachine;
let repositoryId: string;

beforeAll(async () => {
  mkdirSync(source);
  writeFileSync(join(source, "file"), "content\n");
  stack = await startRealStack();
  machine = await startClientMachine(stack, { name: "web-01" });
  repositoryId = await makeRepository(stack.bbs, machine.clientId);
});
afterAll(async () => {
  await machine?.stop();
  await stack?.stop();
  rmSync(work, { recursive: true, force: true });
});

const refused = async (call: Promise<unknown>): Promise<{ code: string; say: string }> => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BbsError)) throw new Error(`was not refused: ${error}`);
  return { code: error.code, say: error.say };
};
const plan = (name: string, more: { sources?: string[]; repositoryId?: string } = {}) =>
  makePlan(stack.bbs, { clientId: machine.clientId, repositoryId, sources: [source], name, ...more });

/** Enrols with a token and gives what the agent printed on its way out. */
async function enrolmentRefused(token: string): Promise<string> {
  const failed = await enrolMachine(stack, { token }).then(
    async (enrolled) => {
      await enrolled.stop();
      return null;
    },
    (error: { code: number; stderr: string }) => error,
  );
  if (!failed) throw new Error("the token was accepted");
  expect(failed.code).toBe(1);
  return failed.stderr;
}

test("an enrolment token that was used before is refused, and the first machine stays enrolled", async () => {
  const { id, enrolment } = await stack.bbs.clients.create.mutate({ name: "used-twice" });
  const token = tokenOf(enrolment.command);
  const first = await enrolMachine(stack, { token });
  const before = await stack.bbs.clients.get.query({ id });
  expect(await enrolmentRefused(token)).toMatch(/used before/);
  expect((await stack.bbs.clients.get.query({ id })).enrolledAt).toEqual(before.enrolledAt);
  await first.stop();
});

test("an expired enrolment token is refused and says where to get a new one", async () => {
  const { id, enrolment } = await stack.bbs.clients.create.mutate({ name: "too-late" });
  await askDatabase(
    stack,
    (sql) =>
      sql`update enrolment_tokens set expires_at = now() - interval '1 second' where client_id = ${id}`,
  );
  expect(await enrolmentRefused(tokenOf(enrolment.command))).toMatch(/expired.*console/);
});

test("a wrong enrolment token is refused", async () => {
  expect(await enrolmentRefused(`bbse_${"A".repeat(43)}`)).toMatch(/does not know this enrolment token/);
});

test("a second client of the same name is refused, in any case of letters", async () => {
  expect(await refused(stack.bbs.clients.create.mutate({ name: "WEB-01" }))).toMatchObject({
    code: "name-taken",
    say: expect.stringMatching(/WEB-01/i),
  });
});

test("a directory that is not there fails the backup and is named", async () => {
  const job = await backUp(stack.bbs, await plan("missing", { sources: [join(work, "not there")] }));
  expect(job).toMatchObject({ state: "failed", problem: { code: "source-missing" } });
  expect(job.problem?.say).toContain(join(work, "not there"));
});

test("a directory that is not there beside one that is warns and backs up the rest", async () => {
  const job = await backUp(stack.bbs, await plan("half", { sources: [source, join(work, "not there")] }));
  expect(job.state).toBe("warned");
  expect((await archiveOf(stack.bbs, job.id)).fileCount).toBe(1);
});

test("a repository whose quota is used up says so, keeps what it has, and works again with less", async () => {
  const small = await makeRepository(stack.bbs, machine.clientId, { name: "small", quotaBytes: 20_000_000 });
  const little = await plan("little", { repositoryId: small });
  const kept = await archiveOf(stack.bbs, (await backUp(stack.bbs, little)).id);
  const big = join(work, "big");
  writeRandomTree(big, { megabytes: 60 });
  const job = await backUp(stack.bbs, await plan("too much", { repositoryId: small, sources: [big] }));
  expect(job).toMatchObject({ state: "failed", problem: { code: "repository-full" } });
  expect((await backUp(stack.bbs, little)).state).toBe("succeeded");
  await restoresUnharmed(kept.id);
});

test.runIf(process.getuid?.() === 0)(
  "a full disk under the repository says so and loses nothing",
  async () => {
    // A machine of its own: what is moved under a repository that was sealed looks tampered with, and is held.
    const owner = await startClientMachine(stack, { name: "small-disk" });
    const folder = join(stack.dataDir, "home", owner.clientId, "repos");
    const make = (name: string, repositoryId: string, from: string) =>
      makePlan(stack.bbs, { clientId: owner.clientId, repositoryId, sources: [from], name });
    await onSmallDisk(folder, async () => {
      const full = await makeRepository(stack.bbs, owner.clientId);
      const little = await make("small disk", full, source);
      const kept = await archiveOf(stack.bbs, (await backUp(stack.bbs, little)).id);
      const big = join(work, "big");
      writeRandomTree(big, { megabytes: 100 });
      const job = await backUp(stack.bbs, await make("no room", full, big));
      expect(job.state).toBe("failed");
      expect(job.problem?.code).toMatch(/^(disk|repository)-full$/);
      await restoresUnharmed(kept.id);
    });
    await owner.stop();
  },
);

test("a restore to a place that the machine's policy forbids writes nothing and says who may allow it", async () => {
  const job = await backUp(stack.bbs, await plan("for restores"));
  const archive = await archiveOf(stack.bbs, job.id);
  const forbidden = join(work, "forbidden");
  for (const target of [{ kind: "folder" as const, path: forbidden }, { kind: "original" as const }]) {
    const outcome = await stack.bbs.restores.start
      .mutate(plainRestore(archive.id, [], target))
      .then(async ({ jobId }) => (await jobEnded(stack.bbs, jobId)).problem)
      .catch((error: BbsError) => ({ code: error.code, say: error.say }));
    expect(outcome?.code).toMatch(/^(policy-forbids-target|target-forbidden)$/);
    expect(outcome?.say).toMatch(/policy/);
  }
  expect(() => execFileSync("ls", [forbidden], { stdio: "ignore" })).toThrow();
});

test.each([
  ["missing", "borg-missing", null],
  ["too old", "borg-too-old", "#!/bin/sh\necho borg 1.0.13\n"],
])(
  "a borg that is %s on the client fails the backup and says how to install one",
  async (name, code, script) => {
    const borg = join(work, `borg-${code}`);
    if (script) {
      writeFileSync(borg, script);
      chmodSync(borg, 0o755);
    }
    const planId = await plan(`borg ${name}`);
    await changeBorg(borg, script ? "1.0.13" : null);
    const outcome = await backUp(stack.bbs, planId).then(
      ({ problem }) => problem,
      (error: BbsError) => ({ code: error.code, say: error.say }),
    );
    expect(outcome?.code).toBe(code);
    expect(outcome?.say).toMatch(/Install .*apt install borgbackup/);
  },
);

/** The machine tells its borg with the next poll; a restart makes that now. */
async function changeBorg(borg: string, version: string | null): Promise<void> {
  machine.changePolicy({ borg });
  await machine.killHard();
  machine.start();
  await until(
    "the server knows the machine's borg",
    async () =>
      (await stack.bbs.clients.get.query({ id: machine.clientId })).machine?.borgVersion === version,
  );
}

async function restoresUnharmed(archiveId: string): Promise<void> {
  const { jobId } = await stack.bbs.restores.start.mutate(
    plainRestore(archiveId, [], { kind: "restore-folder" }),
  );
  expect((await jobEnded(stack.bbs, jobId)).state).toBe("succeeded");
}

/** Puts a disk of 60 MB under a folder for a while; what was in it moves along with its owners. */
async function onSmallDisk(folder: string, use: () => Promise<void>): Promise<void> {
  const image = join(work, "disk.img");
  const shell = (script: string) => execFileSync("bash", ["-ec", script, "bash", folder, image]);
  shell(`truncate -s 60M "$2"; mkfs.ext4 -q -m 0 -N 2000 "$2"; mkdir -p "$2.mnt"; mount -o loop "$2" "$2.mnt"
    cp -a "$1/." "$2.mnt/"; rmdir "$2.mnt/lost+found"; chown --reference="$1" "$2.mnt"; chmod --reference="$1" "$2.mnt"
    umount "$2.mnt"; mount -o loop "$2" "$1"`);
  try {
    await use();
  } finally {
    shell('umount -l "$1"; rm -rf "$2" "$2.mnt"');
  }
}
