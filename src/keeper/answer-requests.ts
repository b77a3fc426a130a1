import { chmod, chown, rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { FRAME_HEADER_BYTES, type KeeperVerb, keeperRequest, keeperVerbs } from "./contract";
import { incomingFrames } from "./incoming-frames";
import type { Keeper, Verb } from "./keeper";
import { KeeperRefuses } from "./refusal";
import { DISK_IS_FULL } from "./run-server-borg";
import { acceptState } from "./vault/accept-state";
import { compactRepository } from "./vault/compact";
import { rollBack } from "./vault/roll-back";
import { adoptImport } from "./verbs/adopt-import";
import { auditRepository } from "./verbs/audit-repository";
import { breakLock } from "./verbs/break-lock";
import { checkRepository } from "./verbs/check-repository";
import { createRepository } from "./verbs/create-repository";
import { deleteRepository, markRepository, undoDeletion } from "./verbs/delete-repository";
import { describeArchive } from "./verbs/describe-archive";
import { endSessions } from "./verbs/end-sessions";
import { exportKey } from "./verbs/export-key";
import { inspectImport } from "./verbs/inspect-import";
import { listArchives } from "./verbs/list-archives";
import { listFolder } from "./verbs/list-folder";
import { listImports } from "./verbs/list-imports";
import { listLedger } from "./verbs/list-ledger";
import { listRepositories } from "./verbs/list-repositories";
import { listSessions } from "./verbs/list-sessions";
import { makeParcel } from "./verbs/make-parcel";
import { moveRepository } from "./verbs/move-repository";
import { nextAudits } from "./verbs/next-audits";
import { provisionClient } from "./verbs/provision-client";
import { readArchive } from "./verbs/read-archive";
import { readArchiveNatively } from "./verbs/read-archive-natively";
import { releaseOldSeals } from "./verbs/release-old-seals";
import { removeClient } from "./verbs/remove-client";
import { removeParcelVerb } from "./verbs/remove-parcel";
import { repairRepository, undoRepair } from "./verbs/repair-repository";
import { repositorySize } from "./verbs/repository-size";
import { restoreToFolder } from "./verbs/restore-to-folder";
import { reviewHold } from "./verbs/review-hold";
import { selfBackup } from "./verbs/self-backup";
import { setClientQuota } from "./verbs/set-client-quota";
import { setQuota } from "./verbs/set-quota";
import { status } from "./verbs/status";
import { streamTar } from "./verbs/stream-tar";
import { bringBack, protect, setVaultRules, trash } from "./verbs/trash";
import { vaultState } from "./verbs/vault-state";
import { workProgress } from "./verbs/work-progress";

const verbs: { [V in KeeperVerb]: Verb<V> } = {
  status,
  "provision-client": provisionClient,
  "remove-client": removeClient,
  "create-repository": createRepository,
  "list-imports": listImports,
  "list-repositories": listRepositories,
  "inspect-import": inspectImport,
  "adopt-import": adoptImport,
  "list-archives": listArchives,
  "describe-archive": describeArchive,
  "list-folder": listFolder,
  "read-archive": readArchive,
  "read-archive-natively": readArchiveNatively,
  "stream-tar": streamTar,
  "trash-archives": trash,
  "compact-repository": compactRepository,
  "roll-back": rollBack,
  "accept-state": acceptState,
  "release-old-seals": releaseOldSeals,
  "bring-back-archives": bringBack,
  "protect-archives": protect,
  "set-vault-rules": setVaultRules,
  "next-audits": nextAudits,
  "audit-repository": auditRepository,
  "check-repository": checkRepository,
  "move-repository": moveRepository,
  "work-progress": workProgress,
  "repair-repository": repairRepository,
  "undo-repair": undoRepair,
  "break-lock": breakLock,
  "mark-for-deletion": markRepository,
  "undo-deletion": undoDeletion,
  "delete-repository": deleteRepository,
  "set-quota": setQuota,
  "set-client-quota": setClientQuota,
  "vault-state": vaultState,
  "list-ledger": listLedger,
  "export-key": exportKey,
  "repository-size": repositorySize,
  "review-hold": reviewHold,
  "list-sessions": listSessions,
  "end-sessions": endSessions,
  "make-parcel": makeParcel,
  "remove-parcel": removeParcelVerb,
  "restore-to-folder": restoreToFolder,
  "self-backup": selfBackup,
};

/** A thousand archive names of 255 characters fit. */
const MAX_REQUEST_BYTES = 1024 * 1024;
const REQUEST_WITHIN_MS = 10_000;

/** Listens on `run/keeper.sock` for the group of the worker. Refuses to take the socket from a keeper that answers on it. */
export async function answerRequests(keeper: Keeper, group: number | null): Promise<Server> {
  const path = keeper.paths.keeperSocket;
  if (await answers(path)) throw new Error(`another keeper already serves ${path}. Stop it first.`);
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => answerOne(keeper, socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  if (group !== null) await chown(path, keeper.root ? 0 : -1, group);
  await chmod(path, 0o660);
  return server;
}

function answerOne(keeper: Keeper, socket: Socket) {
  const cancelled = new AbortController();
  let text: Buffer = Buffer.alloc(0);
  let asked = false;
  const incoming = incomingFrames(socket);
  socket.setTimeout(REQUEST_WITHIN_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("close", () => cancelled.abort());
  // A caller that only closes its sending half has gone as well: nobody waits for the answer.
  socket.on("end", () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    if (asked) return incoming.push(piece);
    text = text.length === 0 ? piece : Buffer.concat([text, piece]);
    const at = text.indexOf(10);
    if (at > MAX_REQUEST_BYTES || (at < 0 && text.length > MAX_REQUEST_BYTES)) return socket.destroy();
    if (at < 0) return;
    asked = true;
    socket.setTimeout(0);
    const streams = { send: sender(socket), receive: incoming.receive };
    const line = text.subarray(0, at).toString("utf8");
    incoming.push(text.subarray(at + 1));
    void answer(keeper, line, cancelled.signal, streams).then((said) => socket.end(`${said}\n`));
  });
}

/** Sends pieces in front of the answer as contract.ts says, no faster than the caller reads. */
function sender(socket: Socket) {
  return async (piece: Buffer) => {
    if (piece.length === 0 || socket.destroyed) return;
    const length = Buffer.alloc(FRAME_HEADER_BYTES);
    length.writeUInt32BE(piece.length, 1);
    socket.write(length);
    if (socket.write(piece)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off("drain", go);
        socket.off("close", go);
        resolve();
      };
      socket.on("drain", go);
      socket.on("close", go);
    });
  };
}

type Streams = { send: (piece: Buffer) => Promise<void>; receive: () => AsyncIterable<Buffer> };

async function answer(keeper: Keeper, line: string, signal: AbortSignal, streams: Streams): Promise<string> {
  let verb = "request";
  try {
    const request = keeperRequest.safeParse(readJson(line));
    if (!request.success) throw new KeeperRefuses("bad-request", "The keeper does not know this request.");
    verb = request.data.verb;
    const output = await perform(keeper, request.data.verb, request.data.input, signal, streams);
    return JSON.stringify({ ok: true, output });
  } catch (error) {
    if (error instanceof KeeperRefuses) {
      if (error.code === "fault") console.error(`${verb} failed:`, error);
      return JSON.stringify({ ok: false, code: error.code, say: error.message });
    }
    if (isDiskFull(error)) return JSON.stringify({ ok: false, code: "disk-full", say: DISK_IS_FULL });
    console.error(`${verb} failed:`, error);
    return JSON.stringify({
      ok: false,
      code: "fault",
      say: "The storage server has a fault; the keeper's log says more.",
    });
  }
}

async function perform<V extends KeeperVerb>(
  keeper: Keeper,
  verb: V,
  given: unknown,
  signal: AbortSignal,
  { send, receive }: Streams,
) {
  const input = keeperVerbs[verb].input.safeParse(given);
  if (!input.success) {
    const fields = input.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new KeeperRefuses("bad-request", `The request to ${verb} is not valid (${fields.join("; ")}).`);
  }
  const run: Verb<V> = verbs[verb];
  // The output is checked too: what leaves a privileged program has exactly the shape of the contract.
  return keeperVerbs[verb].output.parse(await run(keeper, input.data as never, signal, send, receive));
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
