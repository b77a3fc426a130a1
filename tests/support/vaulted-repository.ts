import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeeperOutput } from "~/keeper/contract";
import type { LedgerArchive } from "~/keeper/contract/archives";
import { bareEnvironment, type Ended, runProgram } from "./run-program";
import type { TestClient, TestRepository } from "./storage-client";
import type { StorageNode } from "./storage-node";

/** A repository of a real storage node with what a test of its vault does all the time. */
export type VaultedRepository = {
  client: TestClient;
  repository: TestRepository;
  /** For the keeper's verbs. */
  ids: { clientId: string; repositoryId: string };
  named: { clientId: string; repositoryId: string; passphrase: string };
  /** A backup of `content` by the honest client, over ssh; then an audit. */
  backUp: (archive: string, content?: string) => Promise<KeeperOutput<"audit-repository">>;
  audit: () => Promise<KeeperOutput<"audit-repository">>;
  ledger: () => Promise<LedgerArchive[]>;
  idOf: (archive: string) => Promise<string>;
  /** Names that the client's own borg lists. */
  listed: () => Promise<string[]>;
  /** Runs borg as the client's own account on the storage server, past sshd and gate: what a shell there could do. */
  asAccount: (args: string[]) => Promise<Ended>;
  /** `borg check --verify-data` by the account that owns the repository. */
  verify: () => Promise<Ended>;
  /** Rules under which the trash may be emptied at once. Only before the first backup. */
  emptyTrashAtOnce: (rules?: { keepOldSealDays?: number; floorNewest?: number }) => Promise<void>;
};

/** A test may have used the client's cache from another place. */
const MOVED = { BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes" };

export async function makeVaulted(
  node: StorageNode,
  client: TestClient,
  quotaBytes: number | null = null,
): Promise<VaultedRepository> {
  const repository = await client.addRepository(quotaBytes);
  const ids = { clientId: client.id, repositoryId: repository.id };
  const named = { ...ids, passphrase: repository.passphrase };
  const source = join(client.folder, `source-${repository.id}`);
  mkdirSync(source, { recursive: true });
  const audit = () => node.keeper("audit-repository", named);
  const ledger = async () =>
    (await node.keeper("list-ledger", { ...ids, afterRevision: 0, limit: 1000 })).archives;
  const uidOf = (account: string) =>
    Number(execFileSync("id", ["-u", `${account}-${client.id}`], { encoding: "utf8" }));
  const borgAs = async (account: string, base: string, args: string[]) => {
    const uid = uidOf(account);
    mkdirSync(base, { recursive: true, mode: 0o777 });
    execFileSync("chown", ["-R", String(uid), base]);
    return runProgram(node.borg, args, {
      ...{ uid, gid: statSync(repository.path).gid, timeoutMs: 110_000 },
      env: {
        ...{ BORG_BASE_DIR: base, BORG_PASSPHRASE: repository.passphrase, BORG_REPO: repository.path },
        ...{ BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes", BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "YES" },
      },
    });
  };
  return {
    ...{ client, repository, ids, named, audit, ledger },
    backUp: async (archive, content = archive) => {
      writeFileSync(join(source, "file"), content);
      const ended = await client.borg(
        repository,
        ["create", "--lock-wait=30", `::${archive}`, source],
        MOVED,
      );
      if (ended.code !== 0) throw new Error(`backing up ${archive} failed: ${ended.err}`);
      return audit();
    },
    idOf: async (archive) => {
      const found = (await ledger()).find((one) => one.name === archive);
      if (!found) throw new Error(`the ledger has no archive ${archive}`);
      return found.borgId;
    },
    listed: async () => {
      const ended = await client.borg(repository, ["list", "--short"], MOVED);
      if (ended.code !== 0) throw new Error(`the client cannot list: ${ended.err}`);
      return ended.out.split("\n").filter((line) => line !== "");
    },
    asAccount: (args) => borgAs("bbs", join(tmpdir(), `attacker-${client.id}`), args),
    verify: async () => {
      const base = join(tmpdir(), `verify-${repository.id}`);
      try {
        return await borgAs("bbv", base, ["check", "--verify-data"]);
      } finally {
        rmSync(base, { recursive: true, force: true });
        rmSync(join(tmpdir(), `attacker-${client.id}`), { recursive: true, force: true });
      }
    },
    emptyTrashAtOnce: async (rules = {}) => {
      await node.keeper("set-vault-rules", {
        ...ids,
        ...{ trashDays: 0, keepOldSealDays: 7, floorNewest: 1, floorWeeklyDays: 0 },
        ...rules,
      });
    },
  };
}

/** Files of some size that no two calls share. */
export function randomFile(bytes: number): string {
  return execFileSync("openssl", ["rand", "-hex", String(Math.ceil(bytes / 2))], {
    encoding: "utf8",
    maxBuffer: bytes * 2 + 1024,
    env: bareEnvironment(),
  });
}
