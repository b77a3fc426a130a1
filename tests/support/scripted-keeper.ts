import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { callKeeper } from "~/keeper/client";
import { FRAME_HEADER_BYTES, type KeeperRefusal, type KeeperVerb, keeperRequest } from "~/keeper/contract";
import type { VaultState } from "~/keeper/contract/vault";
import { newId } from "~/server/db/new-id";

/** What the keeper says to one call: an output, a refusal, or nothing until the caller hangs up. */
export type KeeperSays =
  | { output: unknown; pieces?: readonly (string | Buffer)[] }
  | { refuse: KeeperRefusal; say?: string }
  | "nothing";

/**
 * The keeper's side of its contract on a real Unix socket, for what a real keeper does rarely: refuse, hang, die in the middle. What a
 * real keeper does with a real borg is shown in tests/programs and tests/e2e.
 */
export class ScriptedKeeper {
  readonly calls: { verb: KeeperVerb; input: Record<string, unknown> }[] = [];
  /** Calls whose caller hung up before an answer. */
  hungUp = 0;
  script: Partial<Record<KeeperVerb, (input: Record<string, unknown>) => KeeperSays>> = {};
  readonly #path = join(tmpdir(), `bbs-keeper-${newId()}.sock`);
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor() {
    onTestFinished(() => this.stop());
  }

  readonly call: typeof callKeeper = (verb, input, options) =>
    callKeeper(verb, input, { ...options, socketPath: this.#path });

  async start(): Promise<this> {
    const server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve) => server.listen(this.#path, resolve));
    this.#server = server;
    return this;
  }

  /** As after kill -9: every connection is cut, the socket is gone. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
    await rm(this.#path, { force: true });
  }

  #serve(socket: Socket) {
    this.#sockets.add(socket);
    let text = "";
    let asked = false;
    let answered = false;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (!answered) this.hungUp++;
    });
    socket.on("data", (piece) => {
      // What a verb takes in behind its request is let through.
      if (asked) return;
      text += piece.toString();
      const at = text.indexOf("\n");
      if (at < 0) return;
      asked = true;
      const { verb, input } = keeperRequest.parse(JSON.parse(text.slice(0, at)));
      this.calls.push({ verb, input: input as Record<string, unknown> });
      const says = this.script[verb]?.(input as Record<string, unknown>) ?? standard(verb);
      if (says === "nothing") return;
      answered = true;
      for (const piece of "pieces" in says ? (says.pieces ?? []) : []) {
        const head = Buffer.alloc(FRAME_HEADER_BYTES);
        head.writeUInt32BE(Buffer.byteLength(piece), 1);
        socket.write(head);
        socket.write(piece);
      }
      socket.end(`${JSON.stringify(wire(says))}\n`);
    });
  }
}

function wire(says: Exclude<KeeperSays, "nothing">) {
  return "output" in says
    ? { ok: true, output: says.output }
    : { ok: false, code: says.refuse, say: says.say ?? "scripted" };
}

/** What is asked all the time and is not what a test is about. */
function standard(verb: KeeperVerb): KeeperSays {
  if (verb === "list-sessions") return { output: { sessions: [] } };
  if (verb === "provision-client") return { output: { sshUser: "bbs-account" } };
  if (verb === "repository-size") return { output: { bytes: 4096, files: 7 } };
  if (verb === "read-archive-natively") return { output: { why: "scripted" } };
  if (verb === "read-archive") return { output: { listedBytes: 0 } };
  if (verb === "next-audits") return { output: { repositories: [] } };
  if (verb === "audit-repository") return { output: CLEAN_AUDIT };
  if (verb === "vault-state") return { output: CLEAN_VAULT };
  if (verb === "list-imports") return { output: { candidates: [] } };
  if (verb === "list-repositories") return { output: { repositories: [] } };
  if (verb === "list-ledger") return { output: { archives: [] } };
  if (verb === "export-key") return { output: { text: "BORG_KEY scripted", configSha256: "cc".repeat(32) } };
  if (verb !== "status") return { refuse: "fault", say: `nothing scripted for ${verb}` };
  return {
    output: {
      ...{ root: true, borgVersion: "1.2.4", sshHostKeys: ["ssh-ed25519 AAAA"], protections: [] },
      ...{ freeBytes: 5_000_000_000, totalBytes: 9_000_000_000 },
    },
  };
}

/** What an audit answers that found nothing. */
const CLEAN_AUDIT = {
  ...{
    clean: true,
    evidence: [],
    sealed: true,
    transaction: 5,
    newSegments: 1,
    newBytes: 4096,
    newArchives: 0,
  },
  ...{ scanSeconds: 0.01, listSeconds: 0.5 },
};

/** The keeper's record of a repository that was sealed once and is clean. */
export const CLEAN_VAULT: VaultState = {
  auditedAt: "2026-11-23T01:59:00.000Z",
  auditedTransaction: 5,
  unaudited: 0,
  sealKind: "hard-links",
  seals: [
    {
      ...{ transaction: 5, sealedAt: "2026-11-23T01:59:00.000Z", archives: 41, segments: 3, extraBytes: 0 },
      releasedAfter: null,
    },
  ],
  hold: null,
  trashed: 0,
  rules: { trashDays: 7, keepOldSealDays: 7, floorNewest: 3, floorWeeklyDays: 90 },
  rulesPending: null,
  ledgerRevision: 0,
  compactionBlockedBy: [],
};
