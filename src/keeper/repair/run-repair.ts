import type { BorgLogLine } from "~/borg/log-json";
import { repositoryLocation } from "../archive-location";
import type { KeeperInput } from "../contract";
import type { RepairReport } from "../contract/maintenance";
import type { Keeper } from "../keeper";
import { KeeperRefuses } from "../refusal";
import { runServerBorg, ServerBorgFailed } from "../run-server-borg";
import { readLedger, standing } from "../vault/archive-ledger";
import { dropIndex } from "../vault/drop-index";
import { readArchives } from "../verbs/list-archives";

const REPAIR_LIMIT_SECONDS = 3 * 24 * 3600;
const FILES_TOLD = 200;
const SAID_TOLD = 100;

type Heard = { files: Map<string, RepairReport["damagedFiles"][number]>; said: string[] };
type Told = Omit<RepairReport, "copyKeptUntil" | "seconds">;

/**
 * Lets borg repair what is there, as `bbv-<id>`. First the list: where archives of the ledger are not in it, their data counts as garbage for
 * borg, which would delete it for good. A list that the damage makes unreadable is what a repair is for; an audit has just judged what the
 * client did. Refuses `not-allowed`.
 */
export async function runRepair(
  keeper: Keeper,
  input: KeeperInput<"repair-repository">,
  signal: AbortSignal,
): Promise<Told> {
  const { clientId, repositoryId, passphrase } = input;
  const { path } = keeper.repositories.get(clientId, repositoryId);
  const ledger = standing(await readLedger(keeper.paths, repositoryId));
  const before = await listOrNull(keeper, input, signal);
  if (before !== null) {
    const names = new Set(before.map(({ borgId, name }) => `${borgId} ${name}`));
    const missing = ledger.filter(({ borgId, name }) => !names.has(`${borgId} ${name}`));
    if (missing.length > 0)
      throw new KeeperRefuses(
        "not-allowed",
        `${missing.length} archives of the ledger are not listed (${namesOf(missing)}). A repair would delete their data for good. Roll the repository back first.`,
      );
  }
  // The client's index may be wrong on purpose; borg makes its own.
  await dropIndex(keeper, input);
  const heard: Heard = { files: new Map(), said: [] };
  const archives = new Set(ledger.map(({ name }) => name));
  await runServerBorg(keeper, {
    ...{ clientId, repositoryId, passphrase, signal, limitSeconds: REPAIR_LIMIT_SECONDS },
    args: ["check", "--repair", "--lock-wait=60", "--", repositoryLocation(path)],
    repair: true,
    onLog: (line) => hear(line, archives, heard),
  });
  keeper.atStep("repair:ran");
  const after = await readArchives(keeper, { ...input, checkpoints: false }, signal);
  const left = new Set(after.map(({ name }) => name));
  return {
    lostArchives: ledger
      .filter(({ name }) => !left.has(name))
      .map(({ borgId, name }) => ({ borgId, name }))
      .slice(0, 1000),
    archivesBefore: ledger.length,
    archivesAfter: after.length,
    damagedFiles: [...heard.files.values()].slice(0, FILES_TOLD),
    damagedFileCount: heard.files.size,
    said: heard.said,
  };
}

/** Null: the damage keeps borg from listing. What is not damage is thrown. */
async function listOrNull(keeper: Keeper, input: KeeperInput<"repair-repository">, signal: AbortSignal) {
  try {
    return await readArchives(keeper, { ...input, checkpoints: false }, signal);
  } catch (error) {
    const isDamage =
      error instanceof ServerBorgFailed &&
      error.code !== "borg-killed" &&
      ["repository-damaged", "failed"].includes(error.problem.code);
    if (isDamage) return null;
    throw error;
  }
}

/** borg 1.2.4 and 1.4.0 tell of each file once per piece that is lost: `<archive>: <path>: New missing file chunk detected (...)`. */
function hear(line: BorgLogLine, archives: ReadonlySet<string>, heard: Heard) {
  if (line.type !== "log_message" || !["WARNING", "ERROR", "CRITICAL"].includes(line.levelname)) return;
  const text = line.message.split("\n")[0]?.slice(0, 1000) ?? "";
  const lost = /^(.*?): (.*): New missing file chunk detected/.exec(text);
  if (lost?.[1] !== undefined && lost[2] !== undefined) {
    const archive = [...archives].find((name) => text.startsWith(`${name}: `)) ?? lost[1];
    const path = text.slice(archive.length + 2, text.indexOf(": New missing file chunk detected"));
    heard.files.set(`${archive}\0${path}`, { archive, path });
  } else if (heard.said.length < SAID_TOLD) heard.said.push(text.slice(0, 500));
}

const namesOf = (archives: readonly { name: string }[]) =>
  archives
    .slice(0, 5)
    .map(({ name }) => name)
    .join(", ");
