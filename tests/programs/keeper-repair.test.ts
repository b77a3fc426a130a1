import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { segmentPath } from "~/borg/segment";
import { KeeperError } from "~/keeper/client";
import { runWithBorgModules } from "~tests/attacks/client/borg-modules";
import { sampled, sampledBorgs } from "~tests/support/sampled";
import { type StorageNode, startStorageNode } from "~tests/support/storage-node";
import { makeVaulted, randomFile, type VaultedRepository } from "~tests/support/vaulted-repository";

const MB = 1024 * 1024;
const refused = (call: Promise<unknown>) =>
  call.then(
    () => "no refusal",
    (error) => (error instanceof KeeperError ? `${error.code}: ${error.message}` : String(error)),
  );

describe.each(sampledBorgs("keeper-repair"))("a repair with borg $version", ({ borg }) => {
  let node: StorageNode;
  const repair = (own: VaultedRepository) => node.keeper("repair-repository", own.named);
  const undo = (own: VaultedRepository) => node.keeper("undo-repair", own.ids);
  const accept = (own: VaultedRepository) => node.keeper("accept-state", own.named);
  const check = (own: VaultedRepository) =>
    node.keeper("check-repository", { ...own.named, kind: "rolling", budgetSeconds: 60, everyDays: 1 });
  const holdOf = async (own: VaultedRepository) => (await node.keeper("vault-state", own.ids)).hold;
  const numbers = (own: VaultedRepository) => readdirSync(join(own.repository.path, "data", "0")).map(Number);
  const pathOf = (own: VaultedRepository, n: number) => segmentPath(own.repository.path, n);
  const dataSegment = (own: VaultedRepository) =>
    numbers(own).reduce((best, n) => (sizeOf(own, n) > sizeOf(own, best) ? n : best));
  const sizeOf = (own: VaultedRepository, n: number) => statSync(pathOf(own, n)).size;
  /** Every segment with its bytes, its inode and its time. */
  const picture = (own: VaultedRepository) =>
    Object.fromEntries(
      numbers(own).map((n) => {
        const { ino, mtimeNs } = statSync(pathOf(own, n), { bigint: true });
        return [n, `${ino} ${mtimeNs} ${readFileSync(pathOf(own, n)).toString("base64")}`];
      }),
    );
  const keptOf = (own: VaultedRepository) => {
    const folder = join(node.data, "kept");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(own.repository.id)) : [];
  };
  const backedUp = async (...names: string[]) => {
    const own = await makeVaulted(node, await node.addClient());
    for (const name of names) await own.backUp(name, randomFile(MB));
    return own;
  };
  const flipped = async (...names: string[]) => {
    const own = await backedUp(...names);
    damage(
      pathOf(own, dataSegment(own)),
      'printf "\\377" | dd of="$1" bs=1 seek=5000 conv=notrunc status=none',
    );
    expect((await check(own)).ok).toBe(false);
    return own;
  };

  beforeAll(async () => {
    node = await startStorageNode({ borg, crashing: true, audits: false });
  });
  afterAll(() => node.stop());

  it("is refused until a check has found damage", async () => {
    const own = await backedUp("one");
    expect(await refused(repair(own))).toContain("not-allowed: No check has found damage");
    expect(await undo(own)).toEqual({ undone: false });
  });

  it("of a flipped byte tells the file, waits for a decision, and is undone to the last byte", async () => {
    const own = await flipped("one", "two");
    const before = picture(own);
    const report = await repair(own);
    expect(report).toMatchObject({ lostArchives: [], archivesBefore: 2, archivesAfter: 2 });
    expect(report.damagedFileCount).toBe(1);
    expect(report.damagedFiles[0]?.path).toContain(`source-${own.repository.id}/file`);
    expect(["one", "two"]).toContain(report.damagedFiles[0]?.archive);
    // Nobody is let in, and no other way out than the two.
    expect((await holdOf(own))?.evidence).toEqual([{ kind: "repair-undecided" }]);
    await expect(own.backUp("three")).rejects.toThrow(/quarantined|lock|refus/i);
    expect(await refused(node.keeper("roll-back", { ...own.named, transaction: null }))).toContain(
      "undo the repair first",
    );
    expect(await repair(own)).toEqual(report);
    expect((await node.keeper("review-hold", own.named)).archivesNow).toHaveLength(2);

    expect(await undo(own)).toEqual({ undone: true });
    expect(picture(own)).toEqual(before);
    expect(await holdOf(own)).toBe(null);
    expect(keptOf(own)).toEqual([]);
    expect(await own.audit()).toMatchObject({ clean: true });
    expect((await check(own)).ok).toBe(false);
  });

  it("that is accepted goes on: archives keep their age, checks begin anew, undoing ends with the next backup", async () => {
    const own = await flipped("one", "two");
    const observed = async () =>
      (await own.ledger()).flatMap((one) => (one.removedAt === null ? [[one.name, one.observedAt]] : []));
    const [before, image] = [await observed(), picture(own)];
    await repair(own);
    expect(await accept(own)).toMatchObject({ archivesGivenUp: 0 });
    expect((await observed()).sort()).toEqual(before.sort());
    expect(await check(own)).toMatchObject({ ok: true });
    expect(await undo(own)).toEqual({ undone: true });
    expect(picture(own)).toEqual(image);
    expect((await observed()).sort()).toEqual(before.sort());
    expect(await own.audit()).toMatchObject({ clean: true });

    expect((await check(own)).ok).toBe(false);
    await repair(own);
    await accept(own);
    expect(await own.backUp("three")).toMatchObject({ clean: true, sealed: true });
    expect(await refused(undo(own))).toContain("Something was written since");
    expect(keptOf(own)).toHaveLength(1);
    expect(await own.listed()).toEqual(["one", "two", "three"]);
    expect((await check(own)).ok).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("of a cut-off segment names the archives that are lost, also where an audit was first to find it", async () => {
    const own = await backedUp("one", "two");
    const n = dataSegment(own);
    damage(pathOf(own, n), 'truncate -s 100 "$1"');
    expect((await own.audit()).evidence.map(({ kind }) => kind)).toContain("segments-changed");
    const before = picture(own);
    const report = await repair(own);
    expect(report.lostArchives).toHaveLength(1);
    expect(report.archivesAfter).toBe(1);
    await undo(own);
    expect(picture(own)).toEqual(before);
    expect((await holdOf(own))?.evidence.map(({ kind }) => kind)).toContain("segments-changed");
    await repair(own);
    expect(await accept(own)).toMatchObject({ archivesGivenUp: 1 });
    expect(await own.listed()).toEqual(
      ["one", "two"].filter((name) => name !== report.lostArchives[0]?.name),
    );
    expect((await own.backUp("three")).clean).toBe(true);
    expect(await own.verify()).toMatchObject({ code: 0 });
  });

  it("never lets borg delete what a client hid from the list", async () => {
    const own = await flipped("one", "two");
    const hidden = await runWithBorgModules(node.borg, "hostile.py", ["drop", "one"], {
      ...{
        BORG_BASE_DIR: join(own.client.folder, "base"),
        BORG_PASSPHRASE: own.repository.passphrase,
        TZ: "UTC",
      },
      ...{ BORG_RSH: own.client.sshCommand.join(" "), BORG_REPO: own.repository.url },
    });
    expect(hidden.code, hidden.err).toBe(0);
    const before = picture(own);
    expect(await refused(repair(own))).toMatch(/^repository-held: .*Roll it back or accept it first/);
    expect((await holdOf(own))?.evidence.map(({ kind }) => kind)).toEqual(["archives-missing"]);
    expect(picture(own)).toEqual(before);
    // The way that it names: afterwards everything is listed, and a repair loses no archive.
    await node.keeper("roll-back", { ...own.named, transaction: null });
    expect((await check(own)).ok).toBe(false);
    expect((await repair(own)).lostArchives).toEqual([]);
  });

  const steps = [
    ...["repair:copied", "repair:between-renames", "repair:swapped", "repair:ran"].map((step) => ({
      step,
      isDone: false,
    })),
    { step: "repair:reported", isDone: true },
  ];
  it.each(sampled(steps, 1))(
    "killed at $step is whole or undone (whole: $isDone)",
    async ({ step, isDone }) => {
      const own = await flipped("one");
      const before = picture(own);
      writeFileSync(join(dirname(node.data), "crash-at"), step);
      expect(await refused(repair(own))).toContain("fault");
      await node.keeperIsGone();
      await node.startKeeper();
      if (isDone) {
        expect((await holdOf(own))?.evidence).toEqual([{ kind: "repair-undecided" }]);
        writeFileSync(join(dirname(node.data), "crash-at"), "undo-repair:between-renames");
        expect(await refused(undo(own))).toContain("fault");
        await node.keeperIsGone();
        await node.startKeeper();
      }
      expect(picture(own)).toEqual(before);
      expect(await holdOf(own)).toBe(null);
      expect(keptOf(own)).toEqual([]);
      expect(await own.audit()).toMatchObject({ clean: true });
      expect(await own.listed()).toEqual(["one"]);
    },
  );
});

/** As a failing disk would: the time stays what it was, to the nanosecond. */
function damage(path: string, how: string) {
  const script = `touch -r "$1" "$2" && ${how} && touch -r "$2" "$1" && rm "$2"`;
  execFileSync("/bin/sh", ["-c", script, "sh", path, join(dirname(path), "..", "..", "..", "..", "ref")]);
}
