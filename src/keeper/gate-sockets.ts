import { chmod, chown, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { z } from "zod";
import { gateBegin, gateCallRefused, gateEnd, gateOpen, type gateOpenAnswer } from "~/protocol/gate";
import type { Clients } from "./clients";
import type { KeeperRefusal } from "./contract";
import type { ParcelRecords } from "./parcels/parcel-records";
import type { StoragePaths } from "./paths";
import { KeeperRefuses } from "./refusal";
import type { RepositoryRecords } from "./repository-records";
import type { EndGiven, Sessions } from "./sessions";
import { ClientQuotaUsed } from "./vault/client-quota";

/** A gate that says nothing for this long is cut off; it speaks at once when it is ours. */
const FIRST_WORD_MS = 10_000;
const MAX_LINE_BYTES = 8 * 1024;

type Parts = {
  paths: StoragePaths;
  root: boolean;
  clients: Clients;
  repositories: RepositoryRecords;
  parcels: ParcelRecords;
  sessions: Sessions;
  findBorg: () => Promise<string | null>;
};

/**
 * One socket per client, openable by its account only, so the path is the identity: what arrives on it is that client's, whatever it
 * says about itself. Everything the gate sends is checked; the worst a forged message can do is misreport its own client's bytes.
 */
export class GateSockets {
  readonly #parts: Parts;
  readonly #servers = new Map<string, Server>();
  readonly #connections = new Map<string, Set<Socket>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Listens for a client. May run twice. */
  async open(clientId: string): Promise<void> {
    if (this.#servers.has(clientId)) return;
    const path = this.#parts.paths.gateSocket(clientId);
    await rm(path, { force: true });
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#meet(clientId, socket));
    this.#servers.set(clientId, server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    const { serve } = this.#parts.clients.accountsOf(clientId);
    if (this.#parts.root) await chown(path, serve.uid, serve.gid);
  }

  /** Stops listening; open sessions are ended by `Sessions`. */
  async close(clientId: string): Promise<void> {
    const server = this.#servers.get(clientId);
    this.#servers.delete(clientId);
    server?.close();
    await rm(this.#parts.paths.gateSocket(clientId), { force: true });
  }

  /** Lets go of every socket, for a keeper that stops: gates go on without it. */
  async closeAll(): Promise<void> {
    for (const sockets of this.#connections.values()) for (const socket of sockets) socket.destroy();
    await Promise.all([...this.#servers.keys()].map((clientId) => this.close(clientId)));
  }

  #meet(clientId: string, socket: Socket) {
    const connections = this.#connections.get(clientId) ?? new Set();
    this.#connections.set(clientId, connections.add(socket));
    const gone = new AbortController();
    let sequence: number | null = null;
    let reported: EndGiven | null = null;
    let text = "";
    let begun = false;
    socket.setEncoding("utf8");
    socket.setTimeout(FIRST_WORD_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      connections.delete(socket);
      gone.abort();
      if (sequence !== null) this.#finish(sequence, reported);
    });
    socket.on("data", (piece: string) => {
      text += piece;
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n")) {
        const line = text.slice(0, at);
        text = text.slice(at + 1);
        if (begun) {
          const said = readJson(line);
          const end = gateEnd.safeParse(said);
          if (end.success) reported = end.data.end;
          else if (sequence !== null) this.#hear(clientId, sequence, said, socket, gone.signal);
          continue;
        }
        begun = true;
        socket.setTimeout(0);
        void this.#begin(clientId, line).then(({ answer, sequence: given }) => {
          sequence = given;
          if (gone.signal.aborted && sequence !== null) return this.#finish(sequence, null);
          if (sequence === null) socket.end(answer);
          else socket.write(answer);
        });
      }
      // After the whole lines: many of them may come in one piece.
      if (text.length > MAX_LINE_BYTES) socket.destroy();
    });
  }

  /** What a session says while it lives. */
  #hear(clientId: string, sequence: number, said: unknown, socket: Socket, signal: AbortSignal) {
    const open = gateOpen.safeParse(said);
    if (open.success) {
      void this.#open(clientId, sequence, open.data.open, signal).then((answer) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
      });
      return;
    }
    const refused = gateCallRefused.safeParse(said);
    if (!refused.success) return socket.destroy();
    this.#parts.sessions.noteRefusedCall(sequence, refused.data.refused).catch((error) => {
      console.error(`a refused call of session ${sequence} could not be noted:`, error);
    });
  }

  async #open(
    clientId: string,
    sequence: number,
    wish: z.output<typeof gateOpen>["open"],
    signal: AbortSignal,
  ): Promise<z.input<typeof gateOpenAnswer>> {
    const { sessions } = this.#parts;
    const repository = this.#servedTo(clientId).find((one) => one.servedPath === wish.path);
    if (!repository) return { denied: { code: "fault", say: "this client has no such repository." } };
    const { write, waitSeconds } = wish;
    const { repositoryId } = repository;
    try {
      return {
        opened: await sessions.openRepository(sequence, { repositoryId, write, waitSeconds }, signal),
      };
    } catch (error) {
      if (error instanceof ClientQuotaUsed) return { denied: { code: "full", say: error.message } };
      if (error instanceof KeeperRefuses) return { denied: { code: denial(error.code), say: error.message } };
      console.error(`session ${sequence} could not open repository ${repositoryId}:`, error);
      return { denied: { code: "fault", say: "the storage service has a fault; its log says more." } };
    }
  }

  /** A client's own repositories, and parcels for it. */
  #servedTo(clientId: string): { repositoryId: string; servedPath: string; quotaBytes: number | null }[] {
    const { repositories, parcels } = this.#parts;
    const lent = parcels.ofClient(clientId).map(({ parcelId, servedPath }) => ({
      ...{ repositoryId: parcelId, servedPath, quotaBytes: null },
    }));
    return [...repositories.ofClient(clientId), ...lent];
  }

  #finish(sequence: number, reported: EndGiven | null) {
    this.#parts.sessions.finish(sequence, reported).catch((error) => {
      console.error(`session ${sequence} could not be closed in the ledger:`, error);
    });
  }

  async #begin(clientId: string, line: string) {
    const refuse = (say: string) => ({ answer: `${JSON.stringify({ refuse: say })}\n`, sequence: null });
    const parsed = gateBegin.safeParse(readJson(line));
    if (!parsed.success) return refuse("the gate and the keeper do not understand each other.");
    const given = parsed.data.begin;
    try {
      const { clients, sessions, paths } = this.#parts;
      const shown = { clientId, asked: given.asked, peerAddress: given.peerAddress };
      const served = this.#servedTo(clientId);
      const borg = await this.#parts.findBorg();
      const why =
        given.refused ??
        (clients.keyOf(clientId) === null ? "this client was removed." : null) ??
        (served.length === 0 ? "this client has no repository yet." : null) ??
        (borg === null ? "borg is not installed on the storage server." : null);
      if (why !== null || borg === null) {
        await sessions.refuse(shown, why ?? "");
        return refuse(why ?? "");
      }
      const { sequence, limitSeconds } = await sessions.begin(
        { ...shown, pid: given.pid },
        clients.accountsOf(clientId).serve.uid,
      );
      const allow = {
        ...{ sessionId: sequence, borg, home: paths.home(clientId), limitSeconds },
        repositories: served.map(({ servedPath, quotaBytes }) => ({ path: servedPath, quotaBytes })),
      };
      return { answer: `${JSON.stringify({ allow })}\n`, sequence };
    } catch (error) {
      if (error instanceof KeeperRefuses) return refuse(error.message);
      console.error(`a session of client ${clientId} could not begin:`, error);
      return refuse("the storage service has a fault; its log says more.");
    }
  }
}

function denial(code: KeeperRefusal): "busy" | "held" | "fault" {
  if (code === "repository-locked") return "busy";
  return code === "repository-held" ? "held" : "fault";
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
