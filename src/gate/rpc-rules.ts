import type { RpcCall } from "~/borg/rpc-call";
import type { RpcValue } from "~/borg/rpc-value";
import { hasItsArguments, isServed } from "./rpc-arguments";
import { type CallRefusal, NEVER, REFUSALS, unknownCall, wrongArguments } from "./rpc-refusals";

/** What a client wants to open. `path`: one of the client's repositories, absolute. */
export type OpenWish = { path: string; write: boolean; waitSeconds: number | null };

/** What a session may do with the repository it opened. `mayPutBytes` null: no quota. */
export type OpenGrant = { isKnown: (id: Buffer) => boolean; mayPutBytes: number | null };

/**
 * `wait`: not yet; ask again after `granted`, `denied` or `answered`. `ask`: the same, and the keeper has to be asked. `passWatched`: let
 * it pass and tell `answered` what borg replied before anything else passes.
 */
export type Judgement =
  | { do: "pass" | "passWatched" | "wait" }
  | { do: "ask"; wish: OpenWish }
  | { do: "refuse"; refusal: CallRefusal };

/** Where a session stands. A client that sends more while borg or the keeper has not answered waits, so no step can be overtaken. */
type State =
  | { is: "new" | "negotiating" | "negotiated" | "asking" | "closed" }
  | { is: "denied"; refusal: CallRefusal }
  | { is: "granted" | "opening" | "open"; writing: WritingSession | null };
type WritingSession = {
  grant: OpenGrant;
  putBytes: number;
  firstNonce: bigint | null;
  doom: CallRefusal | null;
};

/** The manifest is the one object that every backup replaces. */
const MANIFEST_ID = Buffer.alloc(32);

/** Header of a segment entry and what a commit takes on disk at least: what a session can fill a disk with beside data. */
const ENTRY_BYTES = 41;
const COMMIT_BYTES = 4096;

/** Nonces that one session may reserve beyond those its data needs (one per 16 bytes; borg reserves some million ahead). */
const SPARE_NONCES = 2n ** 40n;

const pass: Judgement = { do: "pass" };
const wait: Judgement = { do: "wait" };
const refuse = (refusal: CallRefusal): Judgement => ({ do: "refuse", refusal });

/**
 * Which calls of a client reach borg. An allow list: `negotiate` once, `open` once and only a repository of this client, then reading;
 * writing only in a session that opened it exclusively under borg's lock, and there nothing that was stored before may be deleted or
 * replaced (the manifest may be replaced). What is refused never reached borg, so the session goes on; but a transaction of which a put
 * or delete was refused is not committed any more.
 */
export class RpcRules {
  readonly #home: string;
  readonly #paths: readonly string[];
  #state: State = { is: "new" };

  /** `home`: borg serve's home, which `/~/` stands for. `paths`: the client's repositories, absolute. */
  constructor(home: string, paths: readonly string[]) {
    this.#home = home;
    this.#paths = paths;
  }

  granted(grant: OpenGrant, isWriting: boolean): void {
    const writing = { grant, putBytes: 0, firstNonce: null, doom: null };
    this.#state = { is: "granted", writing: isWriting ? writing : null };
  }

  denied(refusal: CallRefusal): void {
    this.#state = { is: "denied", refusal };
  }

  /** borg's reply to the call that was let pass watched. */
  answered(isDone: boolean): void {
    const state = this.#state;
    if (state.is === "negotiating") this.#state = { is: isDone ? "negotiated" : "closed" };
    if (state.is === "opening") this.#state = isDone ? { ...state, is: "open" } : { is: "closed" };
  }

  judge(call: RpcCall): Judgement {
    const never = NEVER.get(call.method);
    if (never) return refuse(never);
    if (!isServed(call.method)) return refuse(unknownCall(call.method));
    if (!hasItsArguments(call)) return refuse(wrongArguments(call.method));
    const state = this.#state;
    if (state.is === "negotiating" || state.is === "asking" || state.is === "opening") return wait;
    if (call.method === "negotiate") return this.#judgeNegotiate(call);
    if (call.method === "open") return this.#judgeOpen(call);
    if (state.is !== "open") return refuse(REFUSALS.notOpen);
    switch (call.method) {
      case "put":
      case "delete":
      case "commit":
      case "commit_nonce_reservation":
        return state.writing ? judgeWriting(call, state.writing) : refuse(REFUSALS.reading);
      default:
        return pass;
    }
  }

  #judgeNegotiate(call: RpcCall): Judgement {
    if (this.#state.is !== "new") return refuse(wrongArguments("negotiate"));
    const data = call.args.get("client_data");
    const version = data instanceof Map ? data.get("client_version") : null;
    const [major, minor] = Array.isArray(version) ? version : [];
    if (major !== 1 || typeof minor !== "number" || minor < 2) return refuse(REFUSALS.version);
    this.#state = { is: "negotiating" };
    return { do: "passWatched" };
  }

  #judgeOpen(call: RpcCall): Judgement {
    const state = this.#state;
    if (state.is === "granted") {
      this.#state = { ...state, is: "opening" };
      return { do: "passWatched" };
    }
    if (state.is === "denied") {
      this.#state = { is: "closed" };
      return refuse(state.refusal);
    }
    if (state.is !== "negotiated") return refuse(state.is === "new" ? REFUSALS.notOpen : REFUSALS.openTwice);
    if (call.args.get("create") === true) return refuse(REFUSALS.create);
    const path = this.#repositoryAt(call.args.get("path"));
    if (path === undefined) return refuse(REFUSALS.foreign);
    this.#state = { is: "asking" };
    const write = call.args.get("lock") !== false && call.args.get("exclusive") === true;
    return { do: "ask", wish: { path, write, waitSeconds: waitSecondsOf(call.args.get("lock_wait")) } };
  }

  /** The ways a borg client writes a repository of ours: `/~/repos/x` and `~/repos/x` of an URL, or the absolute path. Nothing is resolved. */
  #repositoryAt(given: RpcValue | undefined): string | undefined {
    if (!Buffer.isBuffer(given)) return undefined;
    return this.#paths.find((path) => {
      const below = path.startsWith(`${this.#home}/`) ? path.slice(this.#home.length) : null;
      const spellings = below === null ? [path] : [path, `/~${below}`, `~${below}`];
      return spellings.some((spelling) => given.equals(Buffer.from(spelling)));
    });
  }
}

function judgeWriting(call: RpcCall, session: WritingSession): Judgement {
  const id = call.args.get("id");
  switch (call.method) {
    case "put": {
      const isManifest = Buffer.isBuffer(id) && id.equals(MANIFEST_ID);
      if (!isManifest && isKnown(id, session)) return doom(session, REFUSALS.replace);
      return spend(session, (call.dataBytes ?? 0) + ENTRY_BYTES);
    }
    case "delete": {
      const isManifest = Buffer.isBuffer(id) && id.equals(MANIFEST_ID);
      if (isManifest || isKnown(id, session)) return doom(session, REFUSALS.delete);
      return spend(session, ENTRY_BYTES);
    }
    case "commit":
      // borg's server compacts unless it is told not to; in append-only mode it does not, but that is not left to it.
      if (call.args.get("compact") !== false) return refuse(REFUSALS.compact);
      return session.doom ? refuse(session.doom) : spend(session, COMMIT_BYTES);
    default:
      return judgeNonces(call, session);
  }
}

function isKnown(id: RpcValue | undefined, { grant }: WritingSession): boolean {
  return !Buffer.isBuffer(id) || grant.isKnown(id);
}

function doom(session: WritingSession, refusal: CallRefusal): Judgement {
  session.doom ??= refusal === REFUSALS.quota ? refusal : REFUSALS.doomed;
  return refuse(refusal);
}

/** Before a byte of it is written. */
function spend(session: WritingSession, bytes: number): Judgement {
  const { mayPutBytes } = session.grant;
  if (mayPutBytes !== null && session.putBytes + bytes > mayPutBytes) return doom(session, REFUSALS.quota);
  session.putBytes += bytes;
  return pass;
}

/** borg itself refuses a reservation that does not start where the last one ended. */
function judgeNonces(call: RpcCall, session: WritingSession): Judgement {
  const start = wholeOf(call.args.get("start_nonce")) ?? 0n;
  const next = wholeOf(call.args.get("next_unreserved")) ?? -1n;
  session.firstNonce ??= start;
  const most = session.firstNonce + SPARE_NONCES + BigInt(session.putBytes);
  if (next < start || next - start > SPARE_NONCES || next > most) return refuse(REFUSALS.nonce);
  return pass;
}

function wholeOf(value: RpcValue | undefined): bigint | null {
  return typeof value === "number" || typeof value === "bigint" ? BigInt(value) : null;
}

/** Without a number borg's server waits for ever (locking.py, TimeoutTimer). */
function waitSecondsOf(value: RpcValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
