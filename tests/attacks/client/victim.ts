import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Mark, markArchives, type RetainedArchive } from "~/domain/retention";
import { KeeperError } from "~/keeper/client";
import { bareEnvironment, runProgram } from "~tests/support/run-program";
import { makeKey, type TestClient, type TestRepository } from "~tests/support/storage-client";
import type { Attack, Attacker, Stranger } from "./attack";
import { runWithBorgModules, shareShellTricks } from "./borg-modules";
import type { Guarded, GuardedNode } from "./guarded-node";
import { fingerprintOf, type Judged, type Judgement, judgeRepository } from "./judge";
import { RawRpc } from "./raw-rpc";
import { DAYS, writeDay } from "./sources";

/** What the victim's plan keeps: fewer than an attacker's archives could fill. */
const KEEP = { last: 3, withinHours: 0, hourly: 0, daily: 3, weekly: 0, monthly: 0, yearly: 0 };

/** An enrolled client of our node with a repository that holds audited archives, and the attacker that has taken it over. */
export type Victim = {
  guarded: Guarded;
  attacker: (archives: readonly Judged[]) => Attacker;
  /** Reads it again only when a byte has changed. */
  judge: () => Promise<Judgement>;
  honestBackup: (name: string) => ReturnType<TestClient["borg"]>;
  /** Ids of other clients that took part. */
  companions: readonly string[];
};

export async function makeVictim(place: GuardedNode, attack: Attack): Promise<Victim> {
  const { node } = place;
  const client = await node.addClient();
  const repository = await client.addRepository(attack.quotaBytes ?? null);
  const guarded = { clientId: client.id, repositoryId: repository.id, passphrase: repository.passphrase };
  place.guard(guarded);
  const honestNames = new Set<string>();
  const honestBackup = async (wanted: string, day = 2) => {
    const name = honestNames.has(wanted) ? `${wanted}-${honestNames.size}` : wanted;
    const ended = await client.borg(repository, [
      ...["create", "--lock-wait", "20", `::${name}`],
      writeDay(join(client.folder, "source"), day),
    ]);
    if (ended.code === 0) honestNames.add(name);
    return ended;
  };
  for (const [day, name] of DAYS.entries()) {
    const ended = await honestBackup(name, day);
    if (ended.code !== 0) throw new Error(`the victim's backup failed: ${ended.err}`);
  }
  await place.settle(guarded);
  let last: { fingerprint: string; judgement: Judgement } | null = null;
  const judge = async () => {
    const fingerprint = fingerprintOf(repository.path);
    if (last?.fingerprint !== fingerprint)
      last = {
        fingerprint,
        judgement: await judgeRepository(node.borg, repository.path, repository.passphrase),
      };
    return last.judgement;
  };
  const companions: string[] = [];
  const attacker = (archives: readonly Judged[]) =>
    takeOver({ place, client, repository, guarded, archives, honestBackup, honestNames, companions });
  return { guarded, attacker, judge, honestBackup, companions };
}

type Taken = {
  place: GuardedNode;
  client: TestClient;
  repository: TestRepository;
  guarded: Guarded;
  archives: readonly Judged[];
  honestBackup: (name: string) => ReturnType<TestClient["borg"]>;
  /** Names of archives that honest backups of the client's plan made. */
  honestNames: ReadonlySet<string>;
  companions: string[];
};

function takeOver({
  place,
  client,
  repository,
  guarded,
  archives,
  honestBackup,
  honestNames,
  companions,
}: Taken): Attacker {
  const { node } = place;
  const folder = join(client.folder, `attack-${randomBytes(4).toString("hex")}`);
  mkdirSync(folder);
  const account = accountOf(client);
  const tricksFile = shareShellTricks(join(node.data, ".."));
  const env = {
    ...{ BORG_BASE_DIR: join(client.folder, "base"), BORG_PASSPHRASE: repository.passphrase, TZ: "UTC" },
    ...{ BORG_RSH: client.sshCommand.join(" "), BORG_REPO: repository.url },
  };
  const hands = handsOf(client, repository, node.data);
  return {
    ...{ side: "ours", folder, archives, passphrase: repository.passphrase, url: repository.url },
    ...{ remotePath: `/~/repos/${repository.id}`, storedPath: repository.path, tricksFile, ...hands },
    startBorg: (args, more) =>
      spawn(node.borg, [...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: bareEnvironment({ ...env, ...more }),
      }),
    hostile: async (...words) => {
      const ended = await runWithBorgModules(node.borg, "hostile.py", words, env);
      return ended.code === 0 ? JSON.parse(ended.out) : { failed: ended.err.trim().split("\n").at(-1) };
    },
    tricks: (...words) =>
      runWithBorgModules(node.borg, { file: tricksFile }, [repository.path, ...words], {}, account),
    stranger: async () => {
      const other = await node.addClient();
      companions.push(other.id);
      const own = await other.addRepository();
      return handsOf(other, own, node.data);
    },
    server: {
      maintain: () => maintain(place, guarded, honestNames),
      settle: async (wanted) => {
        await place.settle(guarded, wanted);
      },
      pauseAudits: () => place.pause(guarded),
      honestBackup,
      rollBack: async () => {
        await node.keeper("roll-back", { ...guarded, transaction: null }).catch(refused);
      },
      replaceKey: async () => {
        await node.keeper("provision-client", {
          clientId: client.id,
          sshPublicKey: makeKey(join(folder, "key-of-the-honest-one")),
        });
      },
    },
  };
}

function handsOf(client: TestClient, repository: TestRepository, data: string): Stranger {
  const account = accountOf(client);
  return {
    account,
    gateSocket: join(data, "run/gate", `${client.id}.sock`),
    borg: (args, more) => client.borg(repository, [...args], more),
    connect: () => new RawRpc([...client.sshCommand, `${client.user}@127.0.0.1`, "borg", "serve"]),
    shell: (script, ...words) =>
      runProgram("/bin/bash", ["-c", script, "bash", repository.path, ...words], account),
  };
}

function accountOf(client: TestClient) {
  const number = (flag: string) => Number(execFileSync("id", [flag, client.user], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}

/** What the server does by itself: marks by its rules what may go, and compacts when the keeper lets it. */
async function maintain(
  { node }: GuardedNode,
  guarded: Guarded,
  honestNames: ReadonlySet<string>,
): Promise<string> {
  const { clientId, repositoryId } = guarded;
  const ids = { clientId, repositoryId };
  const { archives } = await node.keeper("list-ledger", { ...ids, afterRevision: 0, limit: 1000 });
  const standing = archives.filter((archive) => archive.removedAt === null && archive.trashedAt === null);
  const marks: Mark[] = markArchives(
    standing.map(
      (archive): RetainedArchive => ({
        ...{ id: archive.borgId, observedAt: new Date(archive.observedAt), sealed: true },
        // A job of the plan names its archive; nothing else counts as the plan's.
        ...{ backupJobId: honestNames.has(archive.name) ? archive.name : null, isProtected: false },
      }),
    ),
    KEEP,
    { now: new Date(), zone: "UTC", floor: { newest: 1, weeklyDays: 0 } },
  );
  const go = marks.filter((mark) => !mark.keep).map((mark) => mark.id);
  const said: string[] = [];
  if (go.length > 0)
    await node.keeper("trash-archives", { ...ids, borgIds: go }).then(
      (done) => said.push(`${done.trashed.length} into the trash`),
      (error) => said.push(refused(error)),
    );
  await node.keeper("compact-repository", guarded).then(
    () => said.push("compacted"),
    (error) => said.push(refused(error)),
  );
  return said.join("; ");
}

/** What the keeper says instead of doing it: the console shows it as a failed job. */
function refused(error: unknown): string {
  if (error instanceof KeeperError && !error.unreachable) return error.say;
  throw error;
}
